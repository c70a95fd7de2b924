// The way of the data through the probing instrument: logs of a prober in, bins of a store out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/inputs.h"
#include "app/probe_logs.h"
#include "app/replay.h"
#include "geo/geo_map.h"
#include "probing/targets/origin_map.h"
#include "series/store.h"

namespace nightjar::app {

struct LogsSummary {
  struct Log {
    std::string path;
    LogRead read;
  };
  std::vector<Log> logs;
  uint64_t outcomes = 0;
  uint32_t blocks = 0;
  std::optional<Time> from, until;
  std::string simulation;                // of the first log that is one
  std::optional<series::Note> standing;  // of the prober, at the end
};

// Counts the logs, those of one prober, into `store`. Blocks belong to the networks of `origins`. Tells each
// trouble and goes on; logs of other probers are troubles too: two vantage points are not added up. Of
// `options`, from, until and onProgress hold; bins are as wide as the store's.
Result<LogsSummary> replayLogs(const std::vector<InputLog>& logs, const geo::GeoMap& geo,
                               const targets::Origins& origins, const ReplayOptions& options,
                               series::Store& store, const std::function<void(const Error&)>& onTrouble);

}  // namespace nightjar::app
