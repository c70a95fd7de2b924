// The outages that IODA's people found by hand and published: labels, no measurements.
// https://github.com/InetIntel/internet_outages, "IODA Curated Outages", a CSV with one outage a row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/asn.h"
#include "base/result.h"
#include "base/time.h"
#include "imports/findings.h"

namespace nightjar::imports {

// The smallest place in which the outage is to be seen.
enum class OutageScope : uint8_t { kCountry, kRegion, kNetwork };

struct CuratedOutage {
  uint32_t line = 0;  // where its row begins, the header being line 1
  std::string id;
  Time begin;
  std::optional<Time> end;   // absent where the file has none ("N/A" or nothing)
  std::string country;       // ISO 3166-1 alpha-2; empty where the name is none of theirs ("European Union")
  std::string country_name;  // as written
  OutageScope scope = OutageScope::kCountry;
  std::string region;      // as written, of a region
  std::optional<Asn> asn;  // of a network
  // Whether a person saw it in the signal; absent where the file does not say.
  std::optional<bool> in_bgp, in_probing, in_telescope;
  std::string cause;              // "Government-Ordered", "Exams", "Unknown", ...: as written; may be empty
  std::optional<bool> confirmed;  // absent where the file does not say
};

struct CuratedOutages {
  std::vector<CuratedOutage> outages;  // in the order of the file
  uint64_t rows = 0;                   // without the header; outages.size() + findings.dropped()
  Findings findings;
};

// Reads the whole file. A row is dropped whose begin cannot be read, whose end can neither be read nor is
// absent, or which ends before it begins. Fails with kInvalid where a column is missing or the text is no CSV
// at all.
Result<CuratedOutages> readCuratedOutages(std::string_view text);

}  // namespace nightjar::imports
