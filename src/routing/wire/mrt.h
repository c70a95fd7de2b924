// MRT routing information export format: what a record is and which kinds there are.
// RFC 6396 (MRT), RFC 8050 (add-path); RFC 6397 (geo-location) is skipped.
//
// Everything in this folder is a view: it borrows the bytes of the record and is valid as long as they are.
// No decoder does I/O or keeps state between calls (the framer, mrt_framer.h, is the one that does).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/byte_reader.h"
#include "routing/wire/finding.h"

namespace nightjar::wire {

// RFC 6396, section 4; the numbers are on the wire.
enum class MrtType : uint16_t { kTableDump = 12, kTableDumpV2 = 13, kBgp4mp = 16, kBgp4mpEt = 17 };

// RFC 6396, section 4.2: the address family. The last two were never standardised; they are written by the
// early collectors that had four-octet AS numbers before TABLE_DUMP_V2.
enum class TableDumpSubtype : uint16_t { kIpv4 = 1, kIpv6 = 2, kIpv4As4 = 3, kIpv6As4 = 4 };

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
  uint32_t seconds = 0;       // header time stamp; every value is data, 1970 and 2106 too
  uint32_t microseconds = 0;  // extended types only (RFC 6396, section 3), else 0
  uint16_t type = 0;
  uint16_t subtype = 0;
  uint64_t offset = 0;  // of the header, in decompressed bytes from the start of the file
  Bytes raw;            // header and all
  Bytes body;           // after the header, and after the microseconds of the extended types

  uint64_t bodyOffset() const { return offset + (raw.size() - body.size()); }
};

// Which decoder reads a record.
enum class RecordKind : uint8_t {
  kPeerIndexTable,  // table_dump.h: decodePeerIndexTable
  kRib,             // table_dump.h: decodeRib (also RIB_GENERIC)
  kTableDump,       // table_dump.h: decodeTableDump
  kMessage,         // bgp4mp.h: decodeMessage
  kStateChange,     // bgp4mp.h: decodeStateChange
  kUnsupported,     // skipped by its length
};

// One row of the table of what is decoded; docs/wire.md is held against it.
struct RecordForm {
  uint16_t type;
  uint16_t subtype;
  RecordKind kind;
  std::string_view name;  // as in the RFC
  std::string_view rfc;
};
std::span<const RecordForm> recordForms();

constexpr RecordKind kindOf(uint16_t type, uint16_t subtype) {
  using enum RecordKind;
  constexpr std::array kTableDumpV2Kinds{kUnsupported, kPeerIndexTable, kRib, kRib, kRib, kRib,
                                         kRib,         kUnsupported,    kRib, kRib, kRib, kRib,
                                         kRib};
  constexpr std::array kBgp4mpKinds{kStateChange, kMessage,     kUnsupported, kUnsupported,
                                    kMessage,     kStateChange, kMessage,     kMessage,
                                    kMessage,     kMessage,     kMessage,     kMessage};
  switch (static_cast<MrtType>(type)) {
    case MrtType::kTableDump:
      return subtype >= 1 && subtype <= 4 ? kTableDump : kUnsupported;
    case MrtType::kTableDumpV2:
      return subtype < kTableDumpV2Kinds.size() ? kTableDumpV2Kinds[subtype] : kUnsupported;
    case MrtType::kBgp4mp:
    case MrtType::kBgp4mpEt:
      return subtype < kBgp4mpKinds.size() ? kBgp4mpKinds[subtype] : kUnsupported;
  }
  return kUnsupported;
}
inline RecordKind kindOf(const MrtRecord& record) {
  return kindOf(record.type, record.subtype);
}

// The finding for a record whose kind is kUnsupported.
Finding unsupported(const MrtRecord& record);

}  // namespace nightjar::wire
