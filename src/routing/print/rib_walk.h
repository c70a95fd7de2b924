// The routes of a table, with what is wrong told as findings: common to all formats.
#pragma once

#include <fmt/format.h>

#include "routing/print/record_printer.h"
#include "routing/wire/as_path.h"
#include "routing/wire/finding.h"
#include "routing/wire/table_dump.h"

namespace nightjar::print {

// Tells an attribute that runs past the end, and a malformed AS_PATH (RFC 7606, section 7.2); the routes of
// updates are judged by wire::decodeUpdate. `offset` is that of the attributes in the file.
void checkTableAttributes(Bytes attributes, wire::AsnSize asnSize, uint64_t offset, Findings& findings);

// Calls visit(const wire::RibEntry&) for each route of a peer with an index below `peers`.
template <typename Visit>
void walkRib(const wire::RibRecord& rib, size_t peers, Findings& findings, Visit&& visit) {
  const uint64_t end = rib.entryOffset + rib.entryBytes.size();
  wire::RibEntryCursor entries = rib.entries();
  uint64_t offset = entries.offset();
  for (wire::RibEntry entry; entries.next(entry); offset = entries.offset()) {
    if (entry.peerIndex < peers) {
      visit(entry);
      checkTableAttributes(entry.attributes, wire::AsnSize::kFour, entries.offset() - entry.attributes.size(),
                           findings);
    } else {
      findings.push_back({wire::FindingKind::kDamage, offset, entries.offset() - offset,
                          fmt::format("a route is from peer {}, but the peer index table names {} peers",
                                      entry.peerIndex, peers)});
    }
  }
  if (!entries.ok()) {
    findings.push_back({wire::FindingKind::kDamage, entries.offset(), end - entries.offset(),
                        "the routes of a RIB record do not fill it as its count says"});
  }
}

}  // namespace nightjar::print
