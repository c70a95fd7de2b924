#include "probing/targets/list_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/printable.h"
#include "geo/text_lines.h"

namespace nightjar::targets {
namespace {

// Calls fn(row, line) for each row that says something: no comment, no blanks around it. Unlike a file of
// data, a list goes on after a row of any length.
template <typename Fn>
Result<void> forEachRow(std::string_view text, const Fn& fn) {
  geo::Line line;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    line = {text.substr(at, end - at), at, line.number + 1};
    at = end + 1;
    std::string_view row = line.text.substr(0, line.text.find('#'));
    if (row.ends_with('\r')) row.remove_suffix(1);
    row = geo::trim(row);
    if (row.empty()) continue;
    if (const auto done = fn(row, line); !done) return done;
  }
  return {};
}

// The first word of `rest`, which is cut off.
std::string_view takeWord(std::string_view& rest) {
  const size_t end = std::min(rest.find_first_of(" \t,"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest = geo::trim(rest.substr(std::min(end + 1, rest.size())));
  return word;
}

Result<void> addPrefix(TargetList& list, const Prefix& prefix) {
  if (prefix.address.family == Family::kIpv6) {
    return fail(ErrorKind::kInvalid, "IPv6 is probed at listed addresses only, not by prefix");
  }
  if (prefix.length > 24) {
    return fail(ErrorKind::kInvalid,
                "a prefix of less than a /24 is no block: list its addresses, or the whole /24");
  }
  if (list.prefixes.size() == kMostPrefixes) return fail(ErrorKind::kLimit, "too many prefixes");
  list.prefixes.push_back(prefix);
  return {};
}

// `availability` 0: not told.
Result<void> addHost(TargetList& list, const Address& address, float availability) {
  if (address.family == Family::kIpv6) {
    if (list.hosts6.size() == kMostHosts6) return fail(ErrorKind::kLimit, "too many IPv6 addresses");
    list.hosts6.push_back(address);
    return {};
  }
  BlockHistory& history = list.histories[static_cast<uint32_t>(address.high() >> 8)];
  history.active.set(address.high() & 0xff);
  if (availability > 0) {
    history.sum += availability;
    ++history.told;
  }
  return {};
}

Result<float> readAvailability(std::string_view text) {
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value > 0 && value <= 1)) {
    return fail(ErrorKind::kInvalid,
                fmt::format("{} is no availability: a number above 0, up to 1", quote(text)));
  }
  return value;
}

Result<void> addRow(TargetList& list, std::string_view row) {
  const std::string_view word = takeWord(row);
  if (row.empty()) return addTarget(list, word);
  const auto address = Address::parse(word);
  if (!address) return fail(ErrorKind::kInvalid, fmt::format("{} is no address", quote(word)));
  const auto availability = readAvailability(row);
  if (!availability) return std::unexpected(availability.error());
  return addHost(list, *address, *availability);
}

// A prefix whose bits past the length may be set; an address is one of its full length.
Result<Prefix> readOptOutPrefix(std::string_view word) {
  const size_t slash = word.find('/');
  const auto address = Address::parse(word.substr(0, slash));
  if (address) {
    const uint8_t most = addressBits(address->family);
    const auto length = slash == std::string_view::npos ? std::optional<uint8_t>(most)
                                                        : geo::readNumber<uint8_t>(word.substr(slash + 1));
    if (length && *length <= most) return Prefix::of(*address, *length);
  }
  return fail(ErrorKind::kInvalid, fmt::format("{} is neither a prefix nor an address", quote(word)));
}

}  // namespace

void Findings::add(Error error) {
  if (++count <= kTold) told.push_back(std::move(error));
}

Result<void> addTarget(TargetList& list, std::string_view word) {
  if (const auto address = Address::parse(word)) return addHost(list, *address, 0);
  const auto prefix = Prefix::parse(word);
  if (!prefix) {
    return fail(ErrorKind::kInvalid, fmt::format("{} is neither a prefix nor an address", quote(word)));
  }
  return addPrefix(list, *prefix);
}

Result<void> readTargets(std::string_view text, const std::string& where, TargetList& list) {
  const auto read = forEachRow(text, [&](std::string_view row, const geo::Line& line) -> Result<void> {
    const auto added = addRow(list, row);
    if (added) return {};
    Error error = geo::failAt(line, added.error().message).error();
    error.where = where;
    error.kind = added.error().kind;
    if (error.kind == ErrorKind::kLimit) return std::unexpected(std::move(error));
    list.findings.add(std::move(error));
    return {};
  });
  std::sort(list.hosts6.begin(), list.hosts6.end());
  list.hosts6.erase(std::unique(list.hosts6.begin(), list.hosts6.end()), list.hosts6.end());
  return read;
}

Result<OptOutList> readOptOut(std::string_view text, const std::string& where) {
  OptOutList list;
  const auto read = forEachRow(text, [&](std::string_view row, const geo::Line& line) -> Result<void> {
    const auto prefix = readOptOutPrefix(takeWord(row));
    if (!prefix) {
      Error error = geo::failAt(line, prefix.error().message).error();
      error.where = where;
      list.findings.add(std::move(error));
      return {};
    }
    if (list.prefixes.size() == kMostPrefixes)
      return fail(ErrorKind::kLimit, "too many prefixes", line.offset);
    list.prefixes.push_back(*prefix);
    return {};
  });
  if (!read) return failIn(where, read.error());
  return list;
}

}  // namespace nightjar::targets
