// The way of the data through the probing instrument: logs of probers in, bins of a store out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/inputs.h"
#include "app/log_playback.h"
#include "app/replay.h"
#include "geo/geo_map.h"
#include "probing/targets/origin_map.h"
#include "series/store.h"

namespace nightjar::app {

struct LogsSummary {
  std::vector<LogRead> logs;         // those of one prober together, in order of time
  std::vector<std::string> probers;  // by name
  uint64_t outcomes = 0;
  uint32_t blocks = 0;  // each once, whoever watches it
  std::optional<Time> from, until;
  std::string simulation;               // of the first log that is one
  std::vector<series::Note> standings;  // of the probers, each at its end
};

// A prober takes memory even if nothing is in its log; the logs of more are not read.
inline constexpr size_t kMostProbers = 100;

// Adds up the logs, which planInputs() has put in order, into `store`. A prober is who calls itself by one
// name; its logs have rounds of one length. Blocks belong to the networks of `origins`. Tells each trouble
// and goes on. Of `options`, from, until and onProgress hold; bins are as wide as the store's.
Result<LogsSummary> replayLogs(const std::vector<InputLog>& logs, const geo::GeoMap& geo,
                               const targets::Origins& origins, const ReplayOptions& options,
                               series::Store& store, const std::function<void(const Error&)>& onTrouble);

}  // namespace nightjar::app
