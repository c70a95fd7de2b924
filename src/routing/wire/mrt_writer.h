// Writes MRT records: the counterpart of table_dump.h and bgp4mp.h, with the same structures. Appends to a
// buffer of the caller; deterministic.
//
//   Buffer file;
//   MrtWriter mrt(file);
//   mrt.peerIndexTable(seconds, {collectorId, "", peers});
//   mrt.rib(seconds, {.sequence = 0, .prefix = prefix}, entries);
//   mrt.message({seconds}, session, message);
//
// REQUIRES: what is given fits its length field (65,535 peers, entries, octets of attributes of an entry).
// Checked by assert.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "routing/wire/bgp4mp.h"
#include "routing/wire/bgp_writer.h"
#include "routing/wire/table_dump.h"

namespace nightjar::wire {

// A time stamp; with microseconds the record is an extended one (BGP4MP_ET).
struct MrtTime {
  uint32_t seconds = 0;
  std::optional<uint32_t> microseconds = {};
};

struct MessageOptions {
  bool addPath = false;
  bool local = false;
};

class MrtWriter {
 public:
  explicit MrtWriter(Buffer& out) : out_(out) {}

  void peerIndexTable(uint32_t seconds, const PeerIndexTable& table);
  // The subtype follows from the prefix, multicast, addPath and generic of `rib`; its entry fields are not
  // used.
  void rib(uint32_t seconds, const RibRecord& rib, std::span<const RibEntry> entries);
  void tableDump(uint32_t seconds, const TableDumpEntry& entry);
  // The subtype follows from the session's AS number size and the options.
  void message(MrtTime time, const Session& session, Bytes message, MessageOptions options = {});
  void stateChange(MrtTime time, const Session& session, SessionState from, SessionState to);
  // Any record. For an extended type the microseconds are the first four octets of `body`.
  void raw(uint32_t seconds, uint16_t type, uint16_t subtype, Bytes body);

 private:
  size_t begin(uint32_t seconds, uint16_t type, uint16_t subtype);
  void finish(size_t start);
  size_t beginBgp4mp(MrtTime time, uint16_t subtype, const Session& session);

  Buffer& out_;
};

}  // namespace nightjar::wire
