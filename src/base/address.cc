#include "base/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace nightjar {
namespace {

uint64_t loadBigEndian(const uint8_t* bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

int systemFamily(Family family) {
  return family == Family::kIpv4 ? AF_INET : AF_INET6;
}

}  // namespace

Address Address::of(Family family, std::span<const uint8_t> from) {
  Address address{family, {}};
  std::copy_n(from.begin(), std::min(from.size(), addressSize(family)), address.bytes.begin());
  return address;
}

Address Address::ipv4(uint32_t hostOrder) {
  Address address;
  for (size_t i = 0; i < 4; ++i) address.bytes[i] = static_cast<uint8_t>(hostOrder >> (24 - 8 * i));
  return address;
}

Result<Address> Address::parse(std::string_view text) {
  Address address;
  address.family = text.find(':') == std::string_view::npos ? Family::kIpv4 : Family::kIpv6;
  const std::string terminated(text);
  if (terminated.size() != terminated.find('\0') && terminated.find('\0') != std::string::npos) {
    return fail(ErrorKind::kInvalid, "an address holds a zero byte");
  }
  if (inet_pton(systemFamily(address.family), terminated.c_str(), address.bytes.data()) != 1) {
    return fail(ErrorKind::kInvalid, fmt::format("'{}' is not an IP address", text));
  }
  return address;
}

uint64_t Address::high() const {
  return loadBigEndian(bytes.data(), family == Family::kIpv4 ? 4 : 8);
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  return inet_ntop(systemFamily(family), bytes.data(), buffer.data(), buffer.size());
}

Prefix Prefix::of(Address address, uint8_t length) {
  const size_t whole = length / 8;
  if (whole < address.bytes.size()) {
    address.bytes[whole] &= static_cast<uint8_t>(0xff00U >> (length % 8));
    std::fill(address.bytes.begin() + static_cast<ptrdiff_t>(whole) + 1, address.bytes.end(), uint8_t{0});
  }
  return {address, length};
}

Result<Prefix> Prefix::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto bad = [&] {
    return fail(ErrorKind::kInvalid, fmt::format("'{}' is not a prefix such as 198.51.100.0/24", text));
  };
  if (slash == std::string_view::npos) return bad();
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) return bad();
  const std::string_view digits = text.substr(slash + 1);
  uint8_t length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc() || end != digits.data() + digits.size() || length > addressBits(address->family))
    return bad();
  const Prefix prefix = of(*address, length);
  if (prefix.address != *address) {
    return fail(ErrorKind::kInvalid, fmt::format("'{}' has bits set past its length", text));
  }
  return prefix;
}

bool Prefix::contains(const Address& other) const {
  return other.family == address.family && of(other, length).address == address;
}

std::string Prefix::text() const {
  return fmt::format("{}/{}", address.text(), length);
}

}  // namespace nightjar
