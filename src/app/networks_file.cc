#include "app/networks_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace nightjar::app {
namespace {

constexpr size_t kMostBytes = size_t{64} << 20;
constexpr size_t kMostRows = 1'000'000;
constexpr size_t kLongestName = 200;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Well-formed by RFC 3629, section 4, but for surrogates and overlong forms, which no reader here stumbles
// over; and without control characters.
bool isText(std::string_view text) {
  size_t more = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (more > 0) {
      if ((byte & 0xC0U) != 0x80U) return false;
      --more;
    } else if (byte >= 0x80) {
      if (byte < 0xC2 || byte > 0xF4) return false;
      more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
    } else if (byte < 0x20 || byte == 0x7F) {
      return false;
    }
  }
  return more == 0;
}

Result<series::NetworkName> readRow(std::string_view line) {
  const size_t first = line.find(',');
  const size_t last = line.rfind(',');
  if (first == last) return fail(ErrorKind::kInvalid, "is not ASN,NAME,ACCESS");
  std::string_view asn = trimmed(line.substr(0, first));
  if (asn.starts_with("AS") || asn.starts_with("as")) asn.remove_prefix(2);
  series::NetworkName row;
  const auto [end, error] = std::from_chars(asn.data(), asn.data() + asn.size(), row.asn.number);
  if (error != std::errc() || end != asn.data() + asn.size()) {
    return fail(ErrorKind::kInvalid, "does not begin with the number of a network");
  }
  row.name = trimmed(line.substr(first + 1, last - first - 1));
  if (row.name.size() > kLongestName || !isText(row.name)) {
    return fail(ErrorKind::kInvalid,
                fmt::format("has a name that is not up to {} bytes of UTF-8", kLongestName));
  }
  row.access = trimmed(line.substr(last + 1));
  if (!row.access.empty() && row.access != "mobile" && row.access != "fixed" && row.access != "mixed") {
    return fail(ErrorKind::kInvalid, "has an access that is not mobile, fixed, mixed or nothing");
  }
  return row;
}

std::unexpected<Error> failAt(size_t line, Error error) {
  error.message = fmt::format("line {} {}", line, error.message);
  return std::unexpected(std::move(error));
}

}  // namespace

Result<std::vector<series::NetworkName>> readNetworks(std::string_view text) {
  std::vector<series::NetworkName> networks;
  if (text.size() > kMostBytes) return fail(ErrorKind::kLimit, "it is longer than 64 MB");
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (number == 1 && !line.starts_with(kNetworksHeader)) {
      return fail(ErrorKind::kInvalid, fmt::format("the first line is not '{} NAME'", kNetworksHeader));
    }
    if (line.empty() || line.starts_with('#') || line == "asn,name,access") continue;
    auto row = readRow(line);
    if (!row) return failAt(number, row.error());
    if (networks.size() == kMostRows) return fail(ErrorKind::kLimit, "it has more than a million rows");
    networks.push_back(std::move(*row));
  }
  return networks;
}

Result<std::vector<series::NetworkName>> loadNetworks(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  if (in) {
    text.resize(kMostBytes + 1);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(in.gcount()));
  }
  if (in.bad() || (!in && !in.eof())) return std::unexpected(Error{ErrorKind::kIo, "cannot read it", file});
  auto networks = readNetworks(text);
  if (!networks) return failIn(file, networks.error());
  return networks;
}

Result<std::vector<series::NetworkName>> loadNetworks(const std::string& named,
                                                      const std::vector<std::string>& inputs) {
  std::vector<std::string> files;
  if (!named.empty()) files.push_back(named);
  for (const std::string& input : inputs) {
    std::error_code ignored;
    const std::filesystem::path file = std::filesystem::path(input) / kNetworksFile;
    if (std::filesystem::is_regular_file(file, ignored)) files.push_back(file.string());
  }
  std::vector<series::NetworkName> networks;
  for (const std::string& file : files) {
    auto more = loadNetworks(file);
    if (!more) return more;
    std::move(more->begin(), more->end(), std::back_inserter(networks));
  }
  return networks;
}

}  // namespace nightjar::app
