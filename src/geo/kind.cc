#include "geo/kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/address.h"
#include "base/printable.h"
#include "geo/readers.h"
#include "geo/text_lines.h"

namespace nightjar::geo {
namespace {

struct Magic {
  std::string_view bytes;
  std::string_view name;
};
constexpr std::array kCompressed{
    Magic{"\x1f\x8b", "gzip"},
    Magic{"BZh", "bzip2"},
    Magic{"\xfd\x37zXZ", "xz"},
    Magic{"\x28\xb5\x2f\xfd", "zstd"},
};

std::unexpected<Error> unsupported(std::string message) {
  return fail(ErrorKind::kUnsupported, std::move(message));
}

bool isIpv6(std::string_view text) {
  const auto address = Address::parse(text);
  return address && address->family == Family::kIpv6;
}

Result<Kind> tellRow(std::string_view row) {
  constexpr ptrdiff_t kRirSeparators = 5;  // of the shortest line, the summary
  if (std::count(row.begin(), row.end(), '|') >= kRirSeparators) return Kind::kRirDelegated;
  std::string_view rest = row;
  const std::string_view first = takeField(rest, ',');
  const std::string_view second = takeField(rest, ',');
  if (readNumber<uint64_t>(first) && readNumber<uint64_t>(second)) return Kind::kTorGeoip;
  if (isIpv6(first) && isIpv6(second)) return Kind::kTorGeoip;
  if (Prefix::parse(trim(first)) || Address::parse(trim(first))) {
    return unsupported(
        fmt::format("looks like Nightjar's own map, but the first line is not '{} NAME'", kOwnMapHeader));
  }
  if (row.starts_with('<')) return unsupported("is a web page, not a geolocation file");
  return unsupported(fmt::format("is not a geolocation file of a known kind: it starts with {}", quote(row)));
}

}  // namespace

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::kTorGeoip:
      return "a tor geoip file";
    case Kind::kRirDelegated:
      return "an RIR delegated file";
    case Kind::kMaxmindDb:
      return "a MaxMind DB";
    case Kind::kOwnMap:
      return "a map of Nightjar's own kind";
  }
  return {};
}

std::string_view titleOf(Kind kind) {
  switch (kind) {
    case Kind::kTorGeoip:
      return "tor-geoipdb";
    case Kind::kRirDelegated:
      return "RIR delegated";
    case Kind::kMaxmindDb:
      return "MaxMind DB";
    case Kind::kOwnMap:
      return "own map";
  }
  return {};
}

Result<Kind> tellText(std::string_view head) {
  if (head.empty()) return unsupported("is empty");
  for (const Magic& magic : kCompressed) {
    if (head.starts_with(magic.bytes)) {
      return unsupported(fmt::format("is compressed with {}: decompress it first", magic.name));
    }
  }
  if (head.starts_with(kOwnMapHeader)) return Kind::kOwnMap;
  LineReader lines(head);
  Line line;
  for (;;) {
    const auto more = lines.next(line);
    if (!more) return unsupported("is not a geolocation file of a known kind: its lines are too long");
    if (!*more) return unsupported("is not a geolocation file: it has no rows");
    if (!trim(line.text).empty() && !line.text.starts_with('#')) return tellRow(line.text);
  }
}

bool isMaxmindDb(std::string_view tail) {
  return tail.find("\xab\xcd\xefMaxMind.com") != std::string_view::npos;
}

}  // namespace nightjar::geo
