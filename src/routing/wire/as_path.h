// AS paths (RFC 4271, section 4.3 b; RFC 5065 for confederations) with AS numbers of two or four octets
// (RFC 6793).
#pragma once

#include <cstdint>
#include <vector>

#include "base/asn.h"
#include "base/byte_reader.h"

namespace nightjar::wire {

// How many octets an AS number takes on the wire; the speaker's capability or the record's subtype says
// which.
enum class AsnSize : uint8_t { kTwo = 2, kFour = 4 };

inline Asn loadAsn(const uint8_t* p, AsnSize size) {
  return {size == AsnSize::kFour ? loadU32(p) : loadU16(p)};
}

// RFC 4271, section 4.3 b; RFC 5065, section 3.
enum class SegmentType : uint8_t { kSet = 1, kSequence = 2, kConfedSequence = 3, kConfedSet = 4 };

struct AsSegment {
  SegmentType type = SegmentType::kSequence;
  AsnSize asnSize = AsnSize::kFour;
  uint8_t count = 0;
  const uint8_t* numbers = nullptr;  // count x asnSize bytes

  // REQUIRES: i < count.
  Asn operator[](size_t i) const { return loadAsn(numbers + i * static_cast<size_t>(asnSize), asnSize); }
  Asn last() const { return (*this)[count - 1U]; }
};

// Walks the segments of an AS_PATH or AS4_PATH value:
//   AsPathCursor cursor(value, asnSize);
//   for (AsSegment segment; cursor.next(segment);) ...
class AsPathCursor {
 public:
  AsPathCursor(Bytes value, AsnSize asnSize)
      : p_(value.data()), end_(p_ + value.size()), begin_(p_), asnSize_(asnSize) {}

  // False at the end and at a malformed segment (RFC 7606, section 7.2: unknown type, no numbers, overrun).
  bool next(AsSegment& segment) {
    const auto left = static_cast<size_t>(end_ - p_);
    if (left < 2) return stop(left == 0);
    const size_t size = p_[1] * static_cast<size_t>(asnSize_);
    if (p_[0] < 1 || p_[0] > 4 || size == 0 || left - 2 < size) [[unlikely]]
      return stop(false);
    segment = {static_cast<SegmentType>(p_[0]), asnSize_, p_[1], p_ + 2};
    p_ += 2 + size;
    return true;
  }

  bool ok() const { return ok_; }
  // Bytes read; after a malformed segment, where that segment begins.
  size_t position() const { return static_cast<size_t>(p_ - begin_); }

 private:
  bool stop(bool ok) {
    ok_ = ok_ && ok;
    return false;
  }

  const uint8_t* p_;
  const uint8_t* end_;
  const uint8_t* begin_;
  AsnSize asnSize_;
  bool ok_ = true;
};

// The AS that originated a route with this path: the last number of the last AS_SEQUENCE. After a trailing
// AS_SET that is the neighbour of the aggregator, not the aggregate's members (RFC 6472 deprecates sets).
// Confederation segments say nothing about the origin. Unknown (0) for an empty, set-only or malformed path.
inline Asn pathOrigin(Bytes path, AsnSize asnSize) {
  const uint8_t* p = path.data();
  const uint8_t* const end = p + path.size();
  const uint8_t* last = nullptr;
  const auto step = static_cast<size_t>(asnSize);
  while (end - p >= 2) {
    const uint8_t* const next = p + 2 + p[1] * step;
    if (next > end) [[unlikely]]
      return {};
    if (p[0] == static_cast<uint8_t>(SegmentType::kSequence) && p[1] != 0) last = next - step;
    p = next;
  }
  return last == nullptr || p != end ? Asn{} : loadAsn(last, asnSize);
}

// Length of a path as RFC 4271, section 9.1.2.2 a and RFC 5065, section 5.3 count it: a set counts once,
// confederation segments not at all.
size_t pathLength(Bytes path, AsnSize asnSize);

// RFC 6793, section 4.2.3: puts what AS4_PATH knows in place of the tail of a two-octet AS_PATH. Overwrites
// `merged` with the path in four octets (AsPathCursor with AsnSize::kFour reads it). AS4_PATH is ignored when
// it is longer than AS_PATH or malformed, then `merged` is AS_PATH widened; confederation segments of
// AS4_PATH are dropped (section 3). False when AS_PATH itself is malformed; `merged` then holds what came
// before.
bool mergeAs4Path(Bytes asPath, Bytes as4Path, std::vector<uint8_t>& merged);

}  // namespace nightjar::wire
