// What the readers of all formats share: codes become places, and what is odd about them is counted.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "geo/geo_map_builder.h"

namespace nightjar::geo {

// Something odd in a source that does not stop its use.
struct Finding {
  std::string what;                     // a clause: "'EU' is not a country: its space is unknown"
  std::string where;                    // the file
  std::optional<uint64_t> offset = {};  // byte of the first occurrence, unless it is the whole file
  uint32_t line = 0;                    // of the first occurrence; 0: the format has no lines
  uint64_t count = 1;                   // how many rows (records)

  // "geoip: byte 812: line 15: 'EU' is not a country: its space is unknown (2345 times)"
  std::string describe() const;
};

// Takes in one file.
class Intake {
 public:
  // A file with more kinds of oddity than this is told about in one last finding.
  static constexpr size_t kMaxFindings = 50;

  // Borrows the builder.
  Intake(GeoMapBuilder& builder, std::string where, uint16_t source)
      : builder_(builder), where_(std::move(where)), source_(source) {}

  // The place of the codes as the file has them (see readCountryCode); `region` may be empty. Codes that name
  // no country become findings and the unknown place. Fails with kLimit, line and offset put in.
  Result<PlaceId> place(std::string_view country, std::string_view region, uint64_t offset,
                        uint32_t line = 0);

  // Fail as GeoMapBuilder::add does, with line and offset put in.
  Result<void> add(const Address& first, const Address& last, PlaceId place, uint64_t offset,
                   uint32_t line = 0);
  Result<void> add(const Prefix& prefix, PlaceId place, uint64_t offset, uint32_t line = 0);

  // In order of their text.
  std::vector<Finding> takeFindings();

 private:
  void report(std::string what, uint64_t offset, uint32_t line);
  Result<PlaceId> lookUp(std::string_view country, std::string_view region, uint64_t offset, uint32_t line);

  GeoMapBuilder& builder_;
  std::string where_;
  uint16_t source_;
  // Countries already looked up, by their two letters.
  std::array<std::optional<PlaceId>, size_t{26} * 26> countries_{};
  std::map<std::string, Finding, std::less<>> findings_;
};

}  // namespace nightjar::geo
