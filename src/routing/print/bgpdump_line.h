// One line per route or session change, as `bgpdump -m` prints it (bgpdump 1.6; the format is described in
// docs/mrt.md, with the few places where the two differ on purpose). Times are seconds since 1970.
#pragma once

#include <string>
#include <vector>

#include "routing/print/loose_update.h"
#include "routing/print/record_printer.h"

namespace nightjar::print {

class BgpdumpLinePrinter final : public RecordPrinter {
 private:
  void printMessage(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) override;
  void printStateChange(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) override;
  void printPeers(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) override;
  void printRib(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) override;
  void printTableDump(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) override;
  void printFindings(const wire::MrtRecord&, TextBuffer&, std::span<const wire::Finding>) override {}
  std::string_view pathText(LooseAttributes& attributes, wire::AsnSize asnSize);

  // "192.0.2.1|64500|" for each peer of the last PEER_INDEX_TABLE.
  std::vector<std::string> peers_;
  // Working memory, kept for its size.
  TextBuffer path_;
  TextBuffer tail_;
  std::vector<uint8_t> mergedPath_;
};

}  // namespace nightjar::print
