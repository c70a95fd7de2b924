#include "routing/print/record_printer.h"

namespace nightjar::print {

void RecordPrinter::print(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) {
  const size_t before = findings.size();
  switch (wire::kindOf(record)) {
    case wire::RecordKind::kMessage:
      printMessage(record, out, findings);
      break;
    case wire::RecordKind::kRib:
      printRib(record, out, findings);
      break;
    case wire::RecordKind::kTableDump:
      printTableDump(record, out, findings);
      break;
    case wire::RecordKind::kStateChange:
      printStateChange(record, out, findings);
      break;
    case wire::RecordKind::kPeerIndexTable:
      printPeers(record, out, findings);
      break;
    case wire::RecordKind::kUnsupported:
      findings.push_back(wire::unsupported(record));
      break;
  }
  if (findings.size() > before) printFindings(record, out, std::span(findings).subspan(before));
}

}  // namespace nightjar::print
