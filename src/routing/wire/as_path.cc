#include "routing/wire/as_path.h"

#include <algorithm>

namespace nightjar::wire {
namespace {

bool isConfederation(SegmentType type) {
  return type == SegmentType::kConfedSequence || type == SegmentType::kConfedSet;
}

// Numbers of a segment that count towards the length of the path.
size_t lengthOf(const AsSegment& segment) {
  if (isConfederation(segment.type)) return 0;
  return segment.type == SegmentType::kSet ? 1 : segment.count;
}

// Appends the first `count` numbers of a segment as a segment of four-octet numbers.
void appendWidened(std::vector<uint8_t>& out, const AsSegment& segment, uint8_t count) {
  out.push_back(static_cast<uint8_t>(segment.type));
  out.push_back(count);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t number = segment[i].number;
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(number >> shift));
  }
}

bool wellFormed(Bytes path, AsnSize asnSize) {
  AsPathCursor cursor(path, asnSize);
  for (AsSegment segment; cursor.next(segment);) continue;
  return cursor.ok();
}

// Appends the leading part of a two-octet path that makes up `length` of its length. Confederation segments
// in that part are kept (RFC 6793, section 4.2.3).
void appendLeadingPart(std::vector<uint8_t>& out, Bytes asPath, size_t length) {
  AsPathCursor cursor(asPath, AsnSize::kTwo);
  for (AsSegment segment; cursor.next(segment);) {
    const size_t counted = lengthOf(segment);
    if (counted > length) {
      if (length > 0) appendWidened(out, segment, static_cast<uint8_t>(length));
      return;
    }
    appendWidened(out, segment, segment.count);
    length -= counted;
  }
}

}  // namespace

size_t pathLength(Bytes path, AsnSize asnSize) {
  size_t length = 0;
  AsPathCursor cursor(path, asnSize);
  for (AsSegment segment; cursor.next(segment);) length += lengthOf(segment);
  return length;
}

bool mergeAs4Path(Bytes asPath, Bytes as4Path, std::vector<uint8_t>& merged) {
  merged.clear();
  const size_t length = pathLength(asPath, AsnSize::kTwo);
  const size_t tail = wellFormed(as4Path, AsnSize::kFour) ? pathLength(as4Path, AsnSize::kFour) : 0;
  if (tail == 0 || tail > length) {
    appendLeadingPart(merged, asPath, length);
    return wellFormed(asPath, AsnSize::kTwo);
  }
  appendLeadingPart(merged, asPath, length - tail);
  AsPathCursor cursor(as4Path, AsnSize::kFour);
  for (AsSegment segment; cursor.next(segment);) {
    if (!isConfederation(segment.type)) appendWidened(merged, segment, segment.count);
  }
  return wellFormed(asPath, AsnSize::kTwo);
}

}  // namespace nightjar::wire
