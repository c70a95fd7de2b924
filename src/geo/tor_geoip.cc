// Reads tor's geoip and geoip6.
#include <fmt/format.h>

#include "base/printable.h"
#include "geo/readers.h"
#include "geo/text_lines.h"

namespace nightjar::geo {
namespace {

// "2026-06-25" of "Thu, 25 Jun 2026 04:33:59 GMT"; empty if it is not such a date.
std::string readDate(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  text = trim(text);
  takeField(text, ' ');
  const auto day = readNumber<unsigned>(takeField(text, ' '));
  const std::string_view monthName = takeField(text, ' ');
  const size_t month = monthName.size() == 3 ? kMonths.find(monthName) : std::string_view::npos;
  const auto year = readNumber<unsigned>(takeField(text, ' '));
  if (!day || *day > 31 || !year || *year > 9999 || month == std::string_view::npos || month % 3 != 0)
    return {};
  return fmt::format("{:04}-{:02}-{:02}", *year, month / 3 + 1, *day);
}

Result<Address> readAddress(std::string_view text) {
  if (const auto number = readNumber<uint32_t>(text)) return Address::ipv4(*number);
  auto address = Address::parse(text);
  if (address && address->family == Family::kIpv6) return address;
  return fail(ErrorKind::kInvalid,
              fmt::format("{} is neither an IPv4 address as a number nor an IPv6 address", quote(text)));
}

Result<void> readRow(const Line& line, Intake& intake) {
  std::string_view rest = line.text;
  const auto first = readAddress(takeField(rest, ','));
  if (!first) return failAt(line, first.error().message);
  const auto last = readAddress(takeField(rest, ','));
  if (!last) return failAt(line, last.error().message);
  const auto place = intake.place(rest, {}, line.offset, line.number);
  if (!place) return std::unexpected(place.error());
  return intake.add(*first, *last, *place, line.offset, line.number);
}

}  // namespace

Result<std::string> readTorGeoip(std::string_view text, Intake& intake) {
  constexpr std::string_view kGenerated = "Generated:";
  std::string date;
  const auto read = forEachLine(text, [&](const Line& line) -> Result<void> {
    if (line.text.empty()) return {};
    if (!line.text.starts_with('#')) return readRow(line, intake);
    const std::string_view comment = trim(line.text.substr(1));
    if (date.empty() && comment.starts_with(kGenerated)) date = readDate(comment.substr(kGenerated.size()));
    return {};
  });
  if (!read) return std::unexpected(read.error());
  return date;
}

}  // namespace nightjar::geo
