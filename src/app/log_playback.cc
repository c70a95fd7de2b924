#include "app/log_playback.h"

#include <algorithm>
#include <utility>

namespace nightjar::app {

LogPlayback::LogPlayback(std::vector<std::string> paths, const Place& place, std::optional<Time> until,
                         OnTrouble onTrouble)
    : paths_(std::move(paths)), place_(place), until_(until), onTrouble_(std::move(onTrouble)) {
  fetch();
}

bool LogPlayback::open() {
  const std::string& path = paths_[opened_++];
  auto reader = probe_log::LogReader::open(path);
  if (!reader) {
    onTrouble_(reader.error());
    return false;
  }
  reader_ = std::move(*reader);
  reads_.push_back({path, reader_->header(), {}, {}, 0});
  return true;
}

void LogPlayback::fetch() {
  time_.reset();
  while (reader_ || opened_ < paths_.size()) {
    if (!reader_ && !open()) continue;
    auto chunk = reader_->next();
    if (!chunk) {
      onTrouble_(chunk.error());
      continue;
    }
    const bool ends = !*chunk;
    // A state stands where the log had come to; at its head, where it begins.
    const Time time = ends ? Time() : (*chunk)->state.empty() ? (*chunk)->from : reads_.back().header.begun;
    if (ends || (until_ && time >= *until_)) {
      reader_.reset();
      continue;
    }
    chunk_ = std::move(**chunk);
    reached_ = std::max(reached_, time);
    time_ = reached_;
    return;
  }
}

void LogPlayback::count(tally::Instrument& instrument) {
  if (atState()) {
    const auto loaded = place_.engine.load(chunk_.state, place_.intake);
    if (!loaded) onTrouble_(failIn(reads_.back().path, loaded.error()).error());
    instrument.renumber();
  } else {
    countOutcomes(instrument);
  }
  fetch();
}

void LogPlayback::countOutcomes(tally::Instrument& instrument) {
  if (place_.intake == blocks::Engine::Intake::kAll) place_.engine.adopt(chunk_.outcomes);
  instrument.renumber();
  for (const blocks::Outcome& outcome : chunk_.outcomes) {
    place_.vantage.count(outcome, place_.engine.apply(outcome));
  }
  LogRead& read = reads_.back();
  if (!read.from) read.from = chunk_.from;
  read.until = chunk_.until;
  read.outcomes += chunk_.outcomes.size();
  reached_ = std::max(reached_, chunk_.until);
}

Result<void> play(std::span<LogPlayback> playbacks, tally::Instrument& instrument) {
  bool begun = false;  // before the first outcome no bin is in hand
  for (;;) {
    LogPlayback* next = nullptr;
    for (LogPlayback& one : playbacks) {
      if (one.time() && (next == nullptr || *one.time() < *next->time())) next = &one;
    }
    if (next == nullptr) return {};
    begun = begun || !next->atState();
    if (begun) {
      if (const auto advanced = instrument.advance(*next->time()); !advanced) return advanced;
    }
    next->count(instrument);
  }
}

}  // namespace nightjar::app
