// The way of the data through the routing instrument: archives in, closed bins out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/bin_sink.h"
#include "app/collector_replay.h"
#include "app/inputs.h"
#include "geo/geo_map.h"
#include "routing/view/visibility.h"

namespace nightjar::app {

struct ReplayOptions {
  BinWidth width;
  std::optional<Time> from;   // bins that begin earlier are not reported (their records count all the same)
  std::optional<Time> until;  // nothing at or after it is read
  std::function<void(Time)> onProgress;             // optional: after each bin, its end
  std::function<void(view::RouteTable&)> onRoutes;  // optional: the table at the end
  unsigned threads =
      2;  // 1: everything on one thread; more: files are read ahead. Results do not depend on it.
};

// How a collector stood at the end of the last bin.
struct CollectorStanding {
  std::string name;
  Time at;
  std::vector<view::PeerStanding> peers;
};

struct ReplaySummary {
  uint32_t collectors = 0;
  uint32_t peers = 0;
  uint64_t bins = 0;  // that had coverage
  std::optional<Time> from, until;
  std::array<uint32_t, 2> fullFeedPeers{};  // by family (IPv4, IPv6): at the end, of those expected
  std::array<uint32_t, 2> expectedPeers{};
  std::array<uint64_t, 2> visiblePrefixes{};
  view::ApplierTotals totals;
  uint64_t troubles = 0;        // errors and findings that were told
  uint64_t droppedEvents = 0;   // past the bounds of the table
  std::vector<FileRead> files;  // by collector, in the order in which they were used up
  std::vector<CollectorStanding> standings;
  std::string simulation;  // the view name of simulated archives, else empty
};

// Replays the plan's files into `sink`. Tells each trouble through `onTrouble` (on the calling thread) and
// goes on; fails only with what the sink fails with.
Result<ReplaySummary> replay(const InputPlan& plan, const geo::GeoMap& geo, const ReplayOptions& options,
                             BinSink& sink, const std::function<void(const Error&)>& onTrouble);

}  // namespace nightjar::app
