#include "app/replay_logs.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "app/probe_sink.h"
#include "app/source_notes.h"

namespace nightjar::app {
namespace {

// Samples between two syncs of the store.
constexpr size_t kBatchSamples = 500'000;

std::string textOf(std::chrono::microseconds round) {
  return formatDuration(std::chrono::floor<Seconds>(round));
}

// Writes in batches; what a failure leaves open is dropped.
class Batches {
 public:
  explicit Batches(series::Store& store) : store_(store), sink_(store) {}
  ~Batches() { store_.rollback(); }
  Batches(const Batches&) = delete;
  Batches& operator=(const Batches&) = delete;

  Result<void> take(Bin bin, std::span<const tally::EntitySample> samples) {
    if (!open_) {
      if (const auto begun = store_.begin(); !begun) return begun;
      open_ = true;
    }
    if (const auto taken = sink_.take(bin, samples); !taken) return taken;
    written_ += samples.size();
    return written_ >= kBatchSamples ? commit() : Result<void>{};
  }
  Result<void> commit() {
    if (!open_) return {};
    open_ = false;
    written_ = 0;
    return store_.commit();
  }

 private:
  series::Store& store_;
  ProbeSink sink_;
  bool open_ = false;
  size_t written_ = 0;
};

// One of those who measured.
struct ProberLogs {
  std::string name;
  std::chrono::microseconds round;
  std::vector<std::string> logs;
};

// By name, as the logs are. What cannot be counted is told.
std::vector<ProberLogs> probersOf(const std::vector<InputLog>& logs,
                                  const std::function<void(const Error&)>& onTrouble) {
  std::vector<ProberLogs> probers;
  for (const InputLog& log : logs) {
    const bool known = !probers.empty() && probers.back().name == log.prober;
    if (!known && probers.size() == kMostProbers) {
      onTrouble(
          {ErrorKind::kLimit,
           fmt::format("is of the prober {}, and no more than {} are added up", log.prober, kMostProbers),
           log.path});
      continue;
    }
    if (!known) probers.push_back({log.prober, log.round, {}});
    if (log.round != probers.back().round) {
      onTrouble({ErrorKind::kUsage,
                 fmt::format("has rounds of {}, and counted are those of the prober {} with {} alone",
                             textOf(log.round), log.prober, textOf(probers.back().round)),
                 log.path});
      continue;
    }
    probers.back().logs.push_back(log.path);
  }
  return probers;
}

blocks::Parameters parametersOf(const ProberLogs& prober) {
  blocks::Parameters parameters;
  parameters.round = prober.round;
  return parameters;
}

void summarise(const ProberLogs& prober, const std::vector<LogRead>& reads, const tally::Vantage& vantage,
               LogsSummary& summary) {
  std::optional<Time> end;
  for (const LogRead& read : reads) {
    summary.outcomes += read.outcomes;
    if (read.from) summary.from = std::min(summary.from.value_or(*read.from), *read.from);
    if (read.until) end = std::max(end.value_or(*read.until), *read.until);
    if (summary.simulation.empty()) summary.simulation = read.header.simulation;
    summary.logs.push_back(read);
  }
  if (!reads.empty()) summary.probers.push_back(prober.name);
  if (!end) return;
  summary.until = std::max(summary.until.value_or(*end), *end);
  summary.standings.push_back(proberNote(prober.name, *end, vantage.lastUplink(), vantage.lastReferences()));
}

}  // namespace

Result<LogsSummary> replayLogs(const std::vector<InputLog>& logs, const geo::GeoMap& geo,
                               const targets::Origins& origins, const ReplayOptions& options,
                               series::Store& store, const std::function<void(const Error&)>& onTrouble) {
  Batches batches(store);
  const BinWidth width = store.width();
  const std::vector<ProberLogs> probers = probersOf(logs, onTrouble);
  std::deque<blocks::Engine> engines;
  std::vector<tally::Vantage*> vantages;
  tally::Instrument instrument(
      geo, [&origins](const Address& address) { return origins.of(address); }, width,
      [&](Bin bin, std::span<const tally::EntitySample> samples) -> Result<void> {
        if (options.onProgress) options.onProgress(bin.end(width));
        if (options.from && bin.start(width) < *options.from) return {};
        return batches.take(bin, samples);
      });
  std::vector<LogPlayback> playbacks;
  for (const ProberLogs& prober : probers) {
    blocks::Engine& engine = engines.emplace_back(parametersOf(prober));
    vantages.push_back(&instrument.join(engine));
    playbacks.emplace_back(prober.logs, LogPlayback::Place{engine, *vantages.back()}, options.until,
                           onTrouble);
  }
  if (const auto played = play(playbacks, instrument); !played) return std::unexpected(played.error());
  if (const auto finished = instrument.finish(); !finished) return std::unexpected(finished.error());
  if (const auto committed = batches.commit(); !committed) return std::unexpected(committed.error());
  LogsSummary summary;
  summary.blocks = instrument.size();
  for (size_t i = 0; i < probers.size(); ++i) {
    summarise(probers[i], playbacks[i].reads(), *vantages[i], summary);
  }
  return summary;
}

}  // namespace nightjar::app
