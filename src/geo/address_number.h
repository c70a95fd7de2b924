// Addresses as numbers, to compute with.
#pragma once

#include <cstdint>

#include "base/address.h"

namespace nightjar::geo {

// An unsigned number of 128 bits.
__extension__ typedef unsigned __int128 Uint128;

// An IPv4 address is its 32 bits, an IPv6 address its 128.
inline Uint128 toNumber(const Address& address) {
  Uint128 number = 0;
  for (size_t i = 0; i < addressSize(address.family); ++i) number = number << 8 | address.bytes[i];
  return number;
}

// REQUIRES: number has no more bits than the family's addresses.
inline Address toAddress(Family family, Uint128 number) {
  Address address{family, {}};
  for (size_t i = addressSize(family); i-- > 0; number >>= 8) {
    address.bytes[i] = static_cast<uint8_t>(number & 0xff);
  }
  return address;
}

// The lowest `bits` bits set.
constexpr Uint128 lowBits(unsigned bits) {
  return bits == 0 ? 0 : ~Uint128{0} >> (128 - bits);
}

}  // namespace nightjar::geo
