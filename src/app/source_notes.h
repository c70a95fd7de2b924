// What a store keeps beside its sources (series::Note), and the HTTP API shows with them: how collectors and
// probers stand, and what exactly was read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "app/replay.h"
#include "probing/tally/instrument.h"
#include "series/store.h"

namespace nightjar::app {

// {"coverage": 0.95, "peers": [{"asn", "address", "full_feed", "state", "last", "routes"}]}: coverage is the
// share of the full-feed peers that count.
series::Note collectorNote(const CollectorStanding& standing);

// {"coverage": 1, "references": [{"address", "asked", "answered"}]}, of one bin: coverage is the health of
// the prober's own uplink.
series::Note proberNote(const std::string& prober, Time at, double uplink,
                        std::span<const tally::ReferenceTally> references);

// {"input", "collector", "sha256", "bytes"}: the bytes of a file as they lie on disk. `kind`: "input", or
// "map" for what places address space.
struct InputHash {
  std::string sha256;  // 64 hexadecimal digits
  uint64_t bytes = 0;
};
series::Note inputNote(const char* kind, const std::string& input, const std::string& collector, Time at,
                       const InputHash& hash);

}  // namespace nightjar::app
