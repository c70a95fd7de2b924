#include "app/replay.h"

#include <algorithm>
#include <map>
#include <memory>

namespace nightjar::app {
namespace {

// The view name by which an episode's archives say what they are (docs/episodes.md).
constexpr std::string_view kSimulationMark = "simulation";
constexpr size_t kMostFilesAhead = 4;

class Engine {
 public:
  Engine(const InputPlan& plan, const geo::GeoMap& geo, const ReplayOptions& options, BinSink& sink,
         const std::function<void(const Error&)>& onTrouble)
      : options_(options), sink_(sink), view_(geo, options.width) {
    ReadOptions reading;
    reading.readAhead = options.threads > 1;
    reading.onTrouble = [this, &onTrouble](const Error& error) {
      ++summary_.troubles;
      onTrouble(error);
    };
    std::map<std::string, std::vector<InputFile>> byCollector;
    for (const InputFile& file : plan.files) {
      if (!options.until || file.start < *options.until) byCollector[file.collector].push_back(file);
    }
    reading.filesAhead =
        std::clamp<size_t>(options.threads / std::max<size_t>(1, byCollector.size()), 1, kMostFilesAhead);
    for (auto& [name, files] : byCollector) {
      collectors_.push_back(std::make_unique<CollectorReplay>(view_, name, std::move(files), reading));
    }
  }

  Result<ReplaySummary> run() {
    for (auto next = nextTime(); next && !past(*next); next = nextTime()) {
      const Bin bin = Bin::of(*next, options_.width);
      if (last_ && bin.index > last_->index + 1) {
        if (const auto filled = closeQuietBins(bin); !filled) return std::unexpected(filled.error());
      }
      Time end = bin.end(options_.width);
      if (options_.until) end = std::min(end, *options_.until);
      for (const auto& collector : collectors_) collector->applyUntil(end);
      if (const auto closed = closeBin(bin); !closed) return std::unexpected(closed.error());
    }
    if (const auto finished = sink_.finish(); !finished) return std::unexpected(finished.error());
    if (options_.onRoutes) options_.onRoutes(view_.table());
    return summarise();
  }

 private:
  std::optional<Time> nextTime() {
    std::optional<Time> first;
    for (const auto& collector : collectors_) {
      const auto next = collector->nextTime();
      if (next && (!first || *next < *first)) first = next;
    }
    // What comes late counts in the bin that is open; bins never go back.
    if (first && last_) first = std::max(*first, last_->end(options_.width));
    return first;
  }

  bool past(Time time) const { return options_.until && time >= *options_.until; }

  // Bins in which nothing was recorded: the state stands, until the instrument counts as gone.
  Result<void> closeQuietBins(Bin until) {
    for (Bin bin = last_->next(); bin < until && covered_; bin = bin.next()) {
      for (const auto& collector : collectors_) collector->applyUntil(bin.end(options_.width));
      if (const auto closed = closeBin(bin); !closed) return closed;
    }
    return {};
  }

  Result<void> closeBin(Bin bin) {
    view::ClosedBin closed = view_.close(bin);
    last_ = bin;
    if (options_.from && bin.start(options_.width) < *options_.from) closed.coverage = {};
    if (options_.onProgress) options_.onProgress(bin.end(options_.width));
    covered_ = closed.coverage[0] > 0 || closed.coverage[1] > 0;
    if (covered_) {
      ++summary_.bins;
      if (!summary_.from) summary_.from = bin.start(options_.width);
      summary_.until = bin.end(options_.width);
    }
    return sink_.take(closed, view_.counters());
  }

  ReplaySummary summarise() {
    summary_.collectors = view_.peers().collectorCount();
    summary_.peers = view_.peers().count();
    summary_.droppedEvents = view_.table().dropped();
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
      const size_t index = family == Family::kIpv6 ? 1 : 0;
      summary_.fullFeedPeers[index] = view_.electorate(family).members;
      summary_.expectedPeers[index] = view_.electorate(family).expected;
      summary_.visiblePrefixes[index] = view_.visiblePrefixes(family);
    }
    for (view::CollectorIndex i = 0; last_ && i < view_.peers().collectorCount(); ++i) {
      const Time end = last_->end(options_.width);
      summary_.standings.push_back(
          {view_.peers().collectorName(i), end, view_.peers().standings(i, view_.table(), end)});
    }
    for (const auto& collector : collectors_) {
      const view::RecordApplier& applier = collector->applier();
      summary_.totals += applier.totals();
      std::ranges::copy(collector->filesRead(), std::back_inserter(summary_.files));
      if (applier.viewName().starts_with(kSimulationMark)) summary_.simulation = applier.viewName();
    }
    return summary_;
  }

  const ReplayOptions& options_;
  BinSink& sink_;
  view::Visibility view_;
  std::vector<std::unique_ptr<CollectorReplay>> collectors_;
  std::optional<Bin> last_;
  bool covered_ = false;
  ReplaySummary summary_;
};

}  // namespace

Result<ReplaySummary> replay(const InputPlan& plan, const geo::GeoMap& geo, const ReplayOptions& options,
                             BinSink& sink, const std::function<void(const Error&)>& onTrouble) {
  return Engine(plan, geo, options, sink, onTrouble).run();
}

}  // namespace nightjar::app
