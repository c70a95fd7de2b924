// Reads the RIRs' statistics on delegated space.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/printable.h"
#include "geo/readers.h"
#include "geo/text_lines.h"

namespace nightjar::geo {
namespace {

constexpr size_t kFields = 7;
using Fields = std::array<std::string_view, kFields>;

// A record: registry|cc|type|start|value|date|status
enum RecordField { kRegistry, kCountry, kType, kStart, kValue, kDate, kStatus };
// The version line: version|registry|serial|records|start date|end date|UTC offset
enum VersionField { kVersion, kOfRegistry, kSerial, kRecords, kStartDate, kEndDate };

Fields split(std::string_view text) {
  Fields fields;
  for (std::string_view& field : fields) field = trim(takeField(text, '|'));
  return fields;
}

bool isVersionLine(const Fields& fields) {
  return !fields[kVersion].empty() && fields[kVersion][0] >= '0' && fields[kVersion][0] <= '9';
}

// A summary line is registry|*|type|*|count|summary.
bool isSummaryLine(const Fields& fields) {
  return fields[kCountry] == "*" && fields[kDate] == "summary";
}

// Letters, digits and hyphens: a registry's name may become part of the map's name.
bool isRegistry(std::string_view text) {
  constexpr size_t kLongest = 16;
  return !text.empty() && text.size() <= kLongest && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// "ripencc 2026-06-25", as far as the version line has it.
std::string nameOf(const Fields& versionLine) {
  const std::string_view registry = versionLine[kOfRegistry];
  const std::string_view date = versionLine[kEndDate];
  std::string name = isRegistry(registry) ? std::string(registry) : "RIR";
  if (date.size() == 8 && readNumber<uint32_t>(date)) {
    name += fmt::format(" {}-{}-{}", date.substr(0, 4), date.substr(4, 2), date.substr(6, 2));
  }
  return name;
}

Result<void> readIpv4(const Line& line, const Fields& fields, PlaceId place, Intake& intake) {
  const auto first = Address::parse(fields[kStart]);
  if (!first || first->family != Family::kIpv4) {
    return failAt(line, fmt::format("{} is not an IPv4 address", quote(fields[kStart])));
  }
  const uint64_t start = first->high();
  const auto count = readNumber<uint64_t>(fields[kValue]);
  if (!count || *count == 0 || *count > (uint64_t{1} << 32) - start) {
    return failAt(line, fmt::format("{} is not a number of addresses that fit after {}",
                                    quote(fields[kValue]), first->text()));
  }
  const Address last = Address::ipv4(static_cast<uint32_t>(start + *count - 1));
  return intake.add(*first, last, place, line.offset, line.number);
}

Result<void> readIpv6(const Line& line, const Fields& fields, PlaceId place, Intake& intake) {
  const std::string text = fmt::format("{}/{}", fields[kStart], fields[kValue]);
  const auto prefix = Prefix::parse(text);
  if (!prefix || prefix->address.family != Family::kIpv6) {
    return failAt(line, fmt::format("{} is not an IPv6 prefix", quote(text)));
  }
  return intake.add(*prefix, place, line.offset, line.number);
}

Result<void> readRecord(const Line& line, const Fields& fields, Intake& intake) {
  if (!isRegistry(fields[kRegistry])) {
    return failAt(line, fmt::format("{} is not the name of a registry", quote(fields[kRegistry])));
  }
  const std::string_view type = fields[kType];
  if (type == "asn") return {};
  if (type != "ipv4" && type != "ipv6") {
    return failAt(line, fmt::format("{} is neither asn, ipv4 nor ipv6", quote(type)));
  }
  if (fields[kStatus] != "allocated" && fields[kStatus] != "assigned") return {};
  const auto place = intake.place(fields[kCountry], {}, line.offset, line.number);
  if (!place) return std::unexpected(place.error());
  return type == "ipv4" ? readIpv4(line, fields, *place, intake) : readIpv6(line, fields, *place, intake);
}

}  // namespace

Result<std::string> readRirDelegated(std::string_view text, Intake& intake) {
  std::string name;
  const auto read = forEachLine(text, [&](const Line& line) -> Result<void> {
    if (line.text.empty() || line.text.starts_with('#')) return {};
    const Fields fields = split(line.text);
    if (isVersionLine(fields)) {
      name = nameOf(fields);
      return {};
    }
    return isSummaryLine(fields) ? Result<void>() : readRecord(line, fields, intake);
  });
  if (!read) return std::unexpected(read.error());
  return name;
}

}  // namespace nightjar::geo
