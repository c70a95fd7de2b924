#include "app/replay_logs.h"

#include <fmt/format.h>

#include "app/probe_sink.h"
#include "app/source_notes.h"

namespace nightjar::app {
namespace {

// Samples between two syncs of the store.
constexpr size_t kBatchSamples = 500'000;

std::string roundOf(const InputLog& log) {
  return formatDuration(std::chrono::floor<Seconds>(log.round));
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

}  // namespace

Result<LogsSummary> replayLogs(const std::vector<InputLog>& logs, const geo::GeoMap& geo,
                               const targets::Origins& origins, const ReplayOptions& options,
                               series::Store& store, const std::function<void(const Error&)>& onTrouble) {
  LogsSummary summary;
  Batches batches(store);
  blocks::Parameters parameters;
  if (!logs.empty()) parameters.round = logs.front().round;
  blocks::Engine engine(parameters);
  const BinWidth width = store.width();
  tally::Instrument instrument(
      engine, geo, [&origins](const Address& address) { return origins.of(address); }, width,
      [&](Bin bin, std::span<const tally::EntitySample> samples) -> Result<void> {
        if (options.onProgress) options.onProgress(bin.end(width));
        if (options.from && bin.start(width) < *options.from) return {};
        return batches.take(bin, samples);
      });
  for (const InputLog& log : logs) {
    if (log.prober != logs.front().prober || log.round != logs.front().round) {
      onTrouble(
          {ErrorKind::kUsage,
           fmt::format("is of the prober {} with rounds of {}, and counted are those of {} with {} alone",
                       log.prober, roundOf(log), logs.front().prober, roundOf(logs.front())),
           log.path});
      continue;
    }
    const auto read =
        countLog(log.path, engine, instrument, blocks::Engine::Intake::kAll, options.until, onTrouble);
    if (!read) {
      onTrouble(read.error());
      continue;
    }
    summary.outcomes += read->outcomes;
    if (!summary.from) summary.from = read->from;
    if (read->until) summary.until = read->until;
    if (summary.simulation.empty()) summary.simulation = read->header.simulation;
    summary.logs.push_back({log.path, *read});
  }
  if (const auto finished = instrument.finish(); !finished) return std::unexpected(finished.error());
  if (const auto committed = batches.commit(); !committed) return std::unexpected(committed.error());
  summary.blocks = engine.size();
  if (!summary.logs.empty() && summary.until) {
    summary.standing =
        proberNote(logs.front().prober, *summary.until, instrument.lastUplink(), instrument.lastReferences());
  }
  return summary;
}

}  // namespace nightjar::app
