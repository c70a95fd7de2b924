// Reads Nightjar's own map, geo.csv.
#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "geo/readers.h"
#include "geo/text_lines.h"

namespace nightjar::geo {
namespace {

Result<void> readName(const Line& line, std::string& name) {
  constexpr size_t kLongest = 80;
  if (!line.text.starts_with(kOwnMapHeader)) {
    return failAt(line, fmt::format("the first line is not '{} NAME'", kOwnMapHeader));
  }
  name = trim(line.text.substr(kOwnMapHeader.size()));
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c < 0x7f; });
  if (name.empty() || name.size() > kLongest || !printable) {
    return failAt(line, fmt::format("the map's name is not 1 to {} printable characters", kLongest));
  }
  return {};
}

Result<Address> readAddress(const Line& line, std::string_view text) {
  auto address = Address::parse(text);
  if (!address) return failAt(line, fmt::format("{} is not an IP address", quote(text)));
  return address;
}

Result<void> readRow(const Line& line, Intake& intake) {
  std::string_view rest = line.text;
  const std::string_view first = trim(takeField(rest, ','));
  const bool isPrefix = first.find('/') != std::string_view::npos;
  const std::string_view last = isPrefix ? first : trim(takeField(rest, ','));
  const std::string_view country = trim(takeField(rest, ','));
  const std::string_view region = trim(takeField(rest, ','));
  if (country.empty() || !rest.empty()) {
    return failAt(line, "is neither PREFIX,CC[,REGION] nor FIRST,LAST,CC[,REGION]");
  }
  const auto place = intake.place(country, region, line.offset, line.number);
  if (!place) return std::unexpected(place.error());
  if (isPrefix) {
    const auto prefix = Prefix::parse(first);
    if (!prefix) {
      return failAt(line, fmt::format("{} is not a prefix, or has bits set past its length", quote(first)));
    }
    return intake.add(*prefix, *place, line.offset, line.number);
  }
  const auto firstAddress = readAddress(line, first);
  if (!firstAddress) return std::unexpected(firstAddress.error());
  const auto lastAddress = readAddress(line, last);
  if (!lastAddress) return std::unexpected(lastAddress.error());
  return intake.add(*firstAddress, *lastAddress, *place, line.offset, line.number);
}

}  // namespace

Result<std::string> readOwnMap(std::string_view text, Intake& intake) {
  std::string name;
  const auto read = forEachLine(text, [&](const Line& line) -> Result<void> {
    if (line.number == 1) return readName(line, name);
    if (trim(line.text).empty() || line.text.starts_with('#')) return {};
    return readRow(line, intake);
  });
  if (!read) return std::unexpected(read.error());
  return name;
}

}  // namespace nightjar::geo
