// What prints MRT records.
#pragma once

#include <vector>

#include "routing/print/text_buffer.h"
#include "routing/wire/finding.h"
#include "routing/wire/mrt.h"

namespace nightjar::print {

// Prints the records of one file, in order: the peers of a RIB come from the PEER_INDEX_TABLE before it.
// Not thread-safe.
class RecordPrinter {
 public:
  virtual ~RecordPrinter() = default;

  // Appends the text of one record to `out`, whole lines, none for a record that the format leaves out.
  // Appends to `findings` what is wrong with the record; offsets are in the file.
  virtual void print(const wire::MrtRecord& record, TextBuffer& out,
                     std::vector<wire::Finding>& findings) = 0;
};

}  // namespace nightjar::print
