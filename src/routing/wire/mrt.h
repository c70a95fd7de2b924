// MRT routing information export format: records, and the structures inside those that carry routes.
// RFC 6396 (MRT), RFC 6397 (geo-location, skipped), RFC 8050 (add-path).
//
// Everything here is a view: it borrows the bytes of the record and is valid as long as they are. Nothing
// allocates, nothing does I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.h"
#include "base/asn.h"
#include "base/byte_reader.h"
#include "base/result.h"

namespace nightjar::wire {

// RFC 6396, section 4; the numbers are on the wire.
enum class MrtType : uint16_t { kTableDump = 12, kTableDumpV2 = 13, kBgp4mp = 16, kBgp4mpEt = 17 };

// RFC 6396, section 4.3; RFC 8050, section 4.
enum class TableDumpV2Subtype : uint16_t {
  kPeerIndexTable = 1,
  kRibIpv4Unicast = 2,
  kRibIpv4Multicast = 3,
  kRibIpv6Unicast = 4,
  kRibIpv6Multicast = 5,
  kRibGeneric = 6,
  kRibIpv4UnicastAddPath = 8,
  kRibIpv4MulticastAddPath = 9,
  kRibIpv6UnicastAddPath = 10,
  kRibIpv6MulticastAddPath = 11,
  kRibGenericAddPath = 12,
};

// RFC 6396, section 4.4; RFC 8050, section 3.
enum class Bgp4mpSubtype : uint16_t {
  kStateChange = 0,
  kMessage = 1,
  kMessageAs4 = 4,
  kStateChangeAs4 = 5,
  kMessageLocal = 6,
  kMessageAs4Local = 7,
  kMessageAddPath = 8,
  kMessageAs4AddPath = 9,
  kMessageLocalAddPath = 10,
  kMessageAs4LocalAddPath = 11,
};

inline constexpr size_t kMrtHeaderSize = 12;
// No record of a known type comes near this; a longer length field is damage, not data. The longest seen is a
// RIB record of a few hundred kB (one prefix, a thousand peers).
inline constexpr uint32_t kMaxRecordLength = 16U << 20;

struct MrtRecord {
  uint32_t seconds = 0;       // header time stamp
  uint32_t microseconds = 0;  // extended types only (RFC 6396, section 3), else 0
  uint16_t type = 0;
  uint16_t subtype = 0;
  Bytes body;           // after the header, and after the microseconds of the extended types
  uint64_t offset = 0;  // of the header, in decompressed bytes from the start of the file
};
}  // namespace nightjar::wire
