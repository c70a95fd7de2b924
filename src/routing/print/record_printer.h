// What prints MRT records, in any format.
#pragma once

#include <span>
#include <vector>

#include "routing/print/text_buffer.h"
#include "routing/wire/finding.h"
#include "routing/wire/mrt.h"

namespace nightjar::print {

using Findings = std::vector<wire::Finding>;

// Prints the records of one file, in order: the peers of a RIB come from the PEER_INDEX_TABLE before it.
// Not thread-safe.
class RecordPrinter {
 public:
  virtual ~RecordPrinter() = default;

  // Appends the text of one record to `out`, whole lines, none for a record that the format leaves out.
  // Appends to `findings` what is wrong with the record; offsets are in the file.
  void print(const wire::MrtRecord& record, TextBuffer& out, Findings& findings);

 private:
  // One for each kind of record that is decoded (wire::RecordKind).
  virtual void printMessage(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) = 0;
  virtual void printStateChange(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) = 0;
  virtual void printPeers(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) = 0;
  virtual void printRib(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) = 0;
  virtual void printTableDump(const wire::MrtRecord& record, TextBuffer& out, Findings& findings) = 0;
  // After the lines of the record; not called without findings.
  virtual void printFindings(const wire::MrtRecord& record, TextBuffer& out,
                             std::span<const wire::Finding> findings) = 0;
};

}  // namespace nightjar::print
