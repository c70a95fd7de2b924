// One JSON object per line: a route, a session change, a peer index table, another BGP message, or a finding.
// docs/mrt.md lists the fields; they are stable.
#pragma once

#include <string>
#include <vector>

#include "base/asn.h"
#include "routing/print/json_writer.h"
#include "routing/print/record_printer.h"
#include "routing/wire/bgp4mp.h"
#include "routing/wire/table_dump.h"
#include "routing/wire/update.h"

namespace nightjar::print {

class JsonLinePrinter final : public RecordPrinter {
 private:
  void printMessage(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) override;
  void printStateChange(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) override;
  void printPeers(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) override;
  void printRib(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) override;
  void printTableDump(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) override;
  // With the bytes that they speak of.
  void printFindings(const wire::MrtRecord& record, TextBuffer& out,
                     std::span<const wire::Finding> findings) override;

  struct Head;
  struct Routes;
  // "type":..,"time":..,"record":..,"peer_asn":..,"peer_address":..
  void startLine(JsonWriter& json, std::string_view type, const Head& head);
  void printRoutes(const Routes& routes, const wire::NlriBlock& block, const Head& head, TextBuffer& out);
  // Writes into attributes_ the members that describe the route.
  void describe(Bytes attributes, wire::AsnSize asnSize, Bytes nextHop);

  std::string_view timeText(uint32_t seconds, uint32_t microseconds);

  std::vector<wire::Peer> peers_;
  // Working memory, kept for its size.
  TextBuffer attributes_;
  std::vector<uint8_t> mergedPath_;
  std::string time_;
  uint64_t timeOf_ = ~uint64_t{0};
};

// The object of a finding, with the newline; `bytes` are what it speaks of, empty when they are not at hand.
void appendFinding(TextBuffer& out, const wire::Finding& finding, Bytes bytes);

}  // namespace nightjar::print
