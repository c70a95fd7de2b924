// Any bytes, cut into MRT records, through every printer. Each must end its lines, and the JSON must be JSON.
#include <rapidjson/reader.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "routing/print/bgpdump_line.h"
#include "routing/print/json_line.h"
#include "routing/wire/mrt_framer.h"

namespace {

using nightjar::print::RecordPrinter;
using nightjar::print::TextBuffer;
using nightjar::wire::MrtFramer;

void check(bool holds) {
  if (!holds) std::abort();
}

void printAll(nightjar::Bytes bytes, RecordPrinter& printer, TextBuffer& out) {
  std::vector<nightjar::wire::Finding> findings;
  MrtFramer framer;
  framer.feed(bytes, true);
  for (auto event = framer.next(); event != MrtFramer::Event::kEnd; event = framer.next()) {
    check(event != MrtFramer::Event::kMore);
    if (event == MrtFramer::Event::kRecord) {
      printer.print(framer.record(), out, findings);
    } else {
      nightjar::print::appendFinding(out, framer.damage(), {});
    }
    check(out.empty() || out.view().back() == '\n');
  }
  for (const auto& finding : findings) check(finding.offset <= bytes.size() && !finding.what.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const nightjar::Bytes bytes(data, size);
  TextBuffer lines;
  nightjar::print::BgpdumpLinePrinter linePrinter;
  printAll(bytes, linePrinter, lines);

  TextBuffer json;
  nightjar::print::JsonLinePrinter jsonPrinter;
  printAll(bytes, jsonPrinter, json);
  std::string_view left = json.view();
  while (!left.empty()) {
    const size_t end = left.find('\n');
    rapidjson::MemoryStream line(left.data(), end);
    rapidjson::Reader reader;
    rapidjson::BaseReaderHandler<> ignore;
    check(!reader.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(line, ignore)
               .IsError());
    left.remove_prefix(end + 1);
  }
  return 0;
}
