// MRT: whatever the bytes are, framing them in one piece and in small pieces tells the same story, covers
// every byte once, and every record can be handed to its decoder.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "routing/wire/mrt_framer.h"
#include "routing/wire/table_dump.h"
#include "routing/wire/update.h"

namespace {

using namespace nightjar;
using namespace nightjar::wire;

struct Piece {
  bool damage;
  uint64_t offset;
  uint64_t length;
  bool operator==(const Piece&) const = default;
};

void require(bool condition) {
  if (!condition) std::abort();
}

void walkAttributes(Bytes attributes, AsnSize asnSize) {
  std::vector<uint8_t> merged;
  AttributeCursor cursor(attributes);
  for (Attribute attribute; cursor.next(attribute);) {
    if (attribute.is(AttributeType::kMpReachNlri)) (void)decodeMpReach(attribute.value);
    if (attribute.is(AttributeType::kAsPath)) {
      mergeAs4Path(attribute.value, usableAs4Path(attributes).value_or(Bytes{}), merged);
    }
  }
  (void)originOf(attributes, asnSize);
}

void decode(const MrtRecord& record) {
  switch (kindOf(record)) {
    case RecordKind::kPeerIndexTable:
      (void)decodePeerIndexTable(record);
      return;
    case RecordKind::kRib:
      if (const auto rib = decodeRib(record)) {
        RibEntryCursor cursor = rib->entries();
        for (RibEntry entry; cursor.next(entry);) walkAttributes(entry.attributes, AsnSize::kFour);
        require(cursor.offset() <= record.offset + record.raw.size());
      }
      return;
    case RecordKind::kTableDump:
      if (const auto entry = decodeTableDump(record)) walkAttributes(entry->attributes, entry->asnSize);
      return;
    case RecordKind::kMessage:
      if (const auto message = decodeMessage(record)) {
        std::vector<Finding> findings;
        (void)decodeUpdate(message->message, UpdateContext::of(*message), findings);
      }
      return;
    case RecordKind::kStateChange:
      (void)decodeStateChange(record);
      return;
    case RecordKind::kUnsupported:
      (void)unsupported(record);
  }
}

std::vector<Piece> frame(Bytes file, size_t step) {
  std::vector<Piece> pieces;
  MrtFramer framer;
  size_t begin = 0;
  size_t end = 0;
  for (auto event = MrtFramer::Event::kMore; event != MrtFramer::Event::kEnd;) {
    end = std::min(file.size(), end + step);
    framer.feed(file.subspan(begin, end - begin), end == file.size());
    while ((event = framer.next()) == MrtFramer::Event::kRecord || event == MrtFramer::Event::kDamage) {
      if (event == MrtFramer::Event::kDamage) {
        pieces.push_back({true, framer.damage().offset, framer.damage().length});
        continue;
      }
      pieces.push_back({false, framer.record().offset, framer.record().raw.size()});
      decode(framer.record());
    }
    require(event == MrtFramer::Event::kEnd || framer.wanted() > end - begin - framer.consumed());
    begin += framer.consumed();
  }
  uint64_t covered = 0;
  for (const Piece& piece : pieces) {
    require(piece.offset == covered && piece.length > 0);
    covered += piece.length;
  }
  require(covered == framer.truncatedTail().value_or(file.size()));
  return pieces;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes file(data, size);
  require(frame(file, size + 1) == frame(file, 17));
  return 0;
}
