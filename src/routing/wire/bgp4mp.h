// BGP messages and session states as a collector saw them: BGP4MP and BGP4MP_ET (RFC 6396, sections 4.4, 4.5;
// RFC 8050, section 3).
#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/asn.h"
#include "base/byte_reader.h"
#include "routing/wire/as_path.h"
#include "routing/wire/mrt.h"

namespace nightjar::wire {

// The two ends of a session. Both addresses have one family.
struct Session {
  Asn peerAsn;
  Asn localAsn;
  uint16_t interfaceIndex = 0;
  Address peerAddress;
  Address localAddress;
  AsnSize asnSize = AsnSize::kFour;  // of the record, and of the AS paths in its message
  bool operator==(const Session&) const = default;
};

struct Bgp4mpMessage {
  Session session;
  bool addPath = false;        // the routes carry path identifiers (RFC 7911)
  bool local = false;          // sent by the collector, not received
  Bytes message;               // from the marker on; update.h reads it
  uint64_t messageOffset = 0;  // in the file
};

// RFC 4271, section 8.2.2; RFC 6396, section 4.4.1. Other numbers are kept as they are.
enum class SessionState : uint16_t {
  kIdle = 1,
  kConnect = 2,
  kActive = 3,
  kOpenSent = 4,
  kOpenConfirm = 5,
  kEstablished = 6,
};

struct Bgp4mpStateChange {
  Session session;
  SessionState oldState = SessionState::kIdle;
  SessionState newState = SessionState::kIdle;
  bool operator==(const Bgp4mpStateChange&) const = default;
};

// REQUIRES: kindOf(record) is kMessage or kStateChange, as the name says.
Decoded<Bgp4mpMessage> decodeMessage(const MrtRecord& record);
Decoded<Bgp4mpStateChange> decodeStateChange(const MrtRecord& record);

}  // namespace nightjar::wire
