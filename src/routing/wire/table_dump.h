// Routing tables in MRT: TABLE_DUMP (RFC 6396, section 4.2) and TABLE_DUMP_V2 (section 4.3, RFC 8050).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/asn.h"
#include "base/byte_reader.h"
#include "routing/wire/as_path.h"
#include "routing/wire/mrt.h"

namespace nightjar::wire {

struct Peer {
  uint32_t bgpId = 0;
  Address address;
  Asn asn;
  // How the number was written; only the encoder needs to know.
  AsnSize asnSize = AsnSize::kFour;
  bool operator==(const Peer&) const = default;
};

// RFC 6396, section 4.3.1. RIB entries name a peer by its index here. Owns its peers (one table a file).
struct PeerIndexTable {
  uint32_t collectorId = 0;
  std::string_view viewName;
  std::vector<Peer> peers;
  bool operator==(const PeerIndexTable&) const = default;
};
Decoded<PeerIndexTable> decodePeerIndexTable(const MrtRecord& record);

// RFC 6396, section 4.3.4. AS numbers inside `attributes` have four octets; MP_REACH_NLRI is abbreviated by
// most writers (attributes.h, decodeMpReach, reads both).
struct RibEntry {
  uint16_t peerIndex = 0;
  uint32_t originated = 0;  // seconds since 1970
  uint32_t pathId = 0;      // 0 without add-path
  Bytes attributes;
};

// Walks the entries of one RIB record:
//   RibEntryCursor cursor = rib.entries();
//   for (RibEntry entry; cursor.next(entry);) ...
//   if (!cursor.ok()) damage begins at cursor.offset()
class RibEntryCursor {
 public:
  // `perEntry`: each entry has its own path identifier (RFC 8050, section 4.1); else all have `pathId`.
  RibEntryCursor(Bytes bytes, uint16_t count, bool perEntry, uint32_t pathId, uint64_t offset)
      : p_(bytes.data()),
        end_(p_ + bytes.size()),
        begin_(p_),
        offset_(offset),
        pathId_(pathId),
        left_(count),
        headSize_(perEntry ? 12 : 8) {}

  bool next(RibEntry& entry) {
    if (left_ == 0) return stop(p_ == end_);
    const auto room = static_cast<size_t>(end_ - p_);
    if (room < headSize_) [[unlikely]]
      return stop(false);
    const size_t length = loadU16(p_ + headSize_ - 2);
    if (room - headSize_ < length) [[unlikely]]
      return stop(false);
    entry.peerIndex = loadU16(p_);
    entry.originated = loadU32(p_ + 2);
    entry.pathId = headSize_ == 12 ? loadU32(p_ + 6) : pathId_;
    entry.attributes = {p_ + headSize_, length};
    p_ += headSize_ + length;
    --left_;
    return true;
  }

  // False once an entry was cut, or bytes are left over after the last one.
  bool ok() const { return ok_; }
  // Of the first byte that was not read, in the file.
  uint64_t offset() const { return offset_ + static_cast<uint64_t>(p_ - begin_); }

 private:
  bool stop(bool ok) {
    ok_ = ok_ && ok;
    left_ = 0;
    return false;
  }

  const uint8_t* p_;
  const uint8_t* end_;
  const uint8_t* begin_;
  uint64_t offset_;
  uint32_t pathId_;
  uint16_t left_;
  uint8_t headSize_;
  bool ok_ = true;
};

// RFC 6396, sections 4.3.2 (one address family) and 4.3.3 (RIB_GENERIC); RFC 8050, section 4.
struct RibRecord {
  uint32_t sequence = 0;
  Prefix prefix;
  bool multicast = false;  // SAFI 2
  bool addPath = false;
  bool generic = false;  // RIB_GENERIC; under add-path its path identifier is in front of the prefix
  uint32_t pathId = 0;   // of a generic add-path record (RFC 8050, section 4.2)
  uint16_t entryCount = 0;
  Bytes entryBytes;
  uint64_t entryOffset = 0;  // of entryBytes in the file

  RibEntryCursor entries() const {
    return {entryBytes, entryCount, addPath && !generic, pathId, entryOffset};
  }
};
// Fails with kUnsupported for RIB_GENERIC of other families than IPv4 and IPv6, unicast and multicast.
// The entries are not looked at; the cursor does that.
Decoded<RibRecord> decodeRib(const MrtRecord& record);

// RFC 6396, section 4.2: one route of one peer.
struct TableDumpEntry {
  uint16_t view = 0;
  uint16_t sequence = 0;
  Prefix prefix;
  uint8_t status = 1;  // not used; 1 by the RFC
  uint32_t originated = 0;
  Address peerAddress;
  Asn peerAsn;
  AsnSize asnSize = AsnSize::kTwo;  // also of the paths inside `attributes`
  Bytes attributes;
  uint64_t attributesOffset = 0;  // in the file
};
Decoded<TableDumpEntry> decodeTableDump(const MrtRecord& record);

}  // namespace nightjar::wire
