#include "app/collector_replay.h"

#include <algorithm>
#include <map>
#include <utility>

namespace nightjar::app {
namespace {

// The usual step between names; nothing when there are fewer than two.
std::optional<Time::duration> usualStep(const std::vector<Time>& names) {
  std::map<Time::duration, size_t> counts;
  for (size_t i = 1; i < names.size(); ++i) {
    if (names[i] > names[i - 1]) ++counts[names[i] - names[i - 1]];
  }
  if (counts.empty()) return std::nullopt;
  return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
}

}  // namespace

std::vector<Gap> findGaps(const std::vector<InputFile>& files) {
  std::vector<Time> names;
  for (const InputFile& file : files) {
    if (file.kind == InputKind::kUpdates && file.nominal) names.push_back(*file.nominal);
  }
  std::ranges::sort(names);
  const auto step = usualStep(names);
  std::vector<Gap> gaps;
  if (!step) return gaps;
  std::optional<Time> covered;  // until when updates are on record
  for (const Time name : names) {
    // A dump covers the moment that it was taken at: updates that begin there leave no gap.
    std::optional<Time> known = covered;
    for (const InputFile& file : files) {
      if (file.kind == InputKind::kRib && file.start <= name + *step / 2)
        known = std::max(known, {file.start});
    }
    const bool fits = !known || name <= *known + *step / 2;
    if (!fits) gaps.push_back({covered.value_or(*known), name});
    if (fits && covered && name > *covered + *step / 2) gaps.push_back({*covered, *covered});
    covered = std::max(covered, {name + *step});
  }
  return gaps;
}

CollectorReplay::CollectorReplay(view::Visibility& view, const std::string& name,
                                 std::vector<InputFile> files, ReadOptions options)
    : options_(std::move(options)),
      applier_(view, view.peers().collector(name), [this](const wire::Finding& finding) {
        options_.onTrouble({ErrorKind::kInvalid, finding.what, current_, finding.offset});
      }) {
  for (const Gap& gap : findGaps(files)) {
    gapMarks_.push_back(gap.from);
    gapMarks_.push_back(gap.until);
  }
  waiting_.assign(std::make_move_iterator(files.begin()), std::make_move_iterator(files.end()));
  openAhead();
}

void CollectorReplay::openAhead() {
  while (!waiting_.empty() && ahead_.size() < std::max<size_t>(1, options_.filesAhead)) {
    InputFile file = std::move(waiting_.front());
    waiting_.pop_front();
    if (file.empty) continue;
    RecordStream::Options streamOptions;
    streamOptions.readAhead = options_.readAhead;
    auto stream = RecordStream::open(file.path, streamOptions);
    if (!stream) {
      options_.onTrouble(stream.error());
      applier_.gap();
      continue;
    }
    ahead_.emplace_back(std::move(file), std::move(*stream));
  }
}

std::optional<Time> CollectorReplay::nextGapMark() const {
  return gapMarks_.empty() ? std::nullopt : std::optional(gapMarks_.front());
}

// The open file whose next record is the earliest; dumps first.
CollectorReplay::OpenFile* CollectorReplay::earliest() {
  OpenFile* first = nullptr;
  for (OpenFile& file : open_) {
    const auto order = [](const OpenFile& f) {
      return std::pair(f.cursor->time(), f.input.kind != InputKind::kRib);
    };
    if (first == nullptr || order(file) < order(*first)) first = &file;
  }
  return first;
}

std::optional<Time> CollectorReplay::nextTime() {
  std::optional<Time> next;
  if (const OpenFile* file = earliest()) next = file->cursor->time();
  if (!ahead_.empty()) next = std::min(next.value_or(Time::max()), ahead_.front().first.start);
  return next;
}

void CollectorReplay::applyUntil(Time limit) {
  for (auto next = nextTime(); next && *next < limit; next = nextTime()) {
    if (const auto mark = nextGapMark(); mark && *mark <= *next) {
      gapMarks_.pop_front();
      applier_.gap();
      continue;
    }
    if (!ahead_.empty() && ahead_.front().first.start <= *next) {
      startNextFile();
      continue;
    }
    OpenFile& file = *earliest();
    Time until = std::min(limit, nextGapMark().value_or(limit));
    if (!ahead_.empty()) until = std::min(until, ahead_.front().first.start);
    for (const OpenFile& other : open_) {
      if (&other != &file) until = std::min(until, other.cursor->time());
    }
    file.input.kind == InputKind::kRib ? applyDump(file) : applyFile(file, until);
    if (file.cursor->atEnd()) close(file);
  }
  // A hole that begins before the limit counts from its beginning, though nothing is read in it.
  while (nextGapMark() && *nextGapMark() < limit) {
    gapMarks_.pop_front();
    applier_.gap();
  }
  applier_.flush();
}

void CollectorReplay::startNextFile() {
  auto [input, stream] = std::move(ahead_.front());
  ahead_.pop_front();
  OpenFile& file = open_.emplace_back(OpenFile{.input = std::move(input)});
  file.cursor = std::make_unique<RecordCursor>(
      std::move(stream), file.input.path, file.input.start,
      [this, &file](const RecordCursor::Trouble& problem) { trouble(file, problem); });
  if (file.cursor->atEnd()) close(file);
  openAhead();
}

void CollectorReplay::trouble(OpenFile& file, const RecordCursor::Trouble& problem) {
  options_.onTrouble(problem.error);
  file.damage += problem.fatal ? kTolerableDamage + 1 : problem.lost;
}

// At least one record, so that time goes on even when two files run at the same second.
void CollectorReplay::applyFile(OpenFile& file, Time limit) {
  current_ = file.cursor->path();
  do {
    file.last = file.cursor->time();
    applier_.apply(file.cursor->record(), file.last);
    file.cursor->advance();
  } while (!file.cursor->atEnd() && file.cursor->time() < limit);
}

// A dump describes one moment, whatever the time stamps of its records.
void CollectorReplay::applyDump(OpenFile& file) {
  current_ = file.cursor->path();
  const Time moment = file.last = file.cursor->time();
  for (; !file.cursor->atEnd(); file.cursor->advance()) applier_.apply(file.cursor->record(), moment);
}

void CollectorReplay::close(OpenFile& file) {
  const bool cutDump = file.input.kind == InputKind::kRib && file.cursor->truncated();
  if (file.input.kind == InputKind::kRib) applier_.endOfDump(file.damage == 0 && !cutDump);
  if (file.damage > kTolerableDamage || cutDump) applier_.gap();
  if (file.last != Time()) filesRead_.push_back({file.input, file.last});
  open_.remove_if([&file](const OpenFile& other) { return &other == &file; });
}

}  // namespace nightjar::app
