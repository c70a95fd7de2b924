#include "routing/wire/mrt_framer.h"

#include <algorithm>
#include <string>

namespace nightjar::wire {
namespace {

constexpr int64_t kSecondsPerDay = 86400;

bool withinADay(uint32_t a, uint32_t b) {
  const int64_t apart = int64_t{a} - int64_t{b};
  return apart >= -kSecondsPerDay && apart <= kSecondsPerDay;
}

// The shortest body that the decoder of this kind accepts.
uint32_t minBodyLength(RecordKind kind) {
  switch (kind) {
    case RecordKind::kPeerIndexTable:
      return 8;  // collector, view name length, peer count
    case RecordKind::kRib:
      return 7;  // sequence, prefix length, entry count
    case RecordKind::kTableDump:
      return 22;  // IPv4 without attributes
    case RecordKind::kMessage:
      return 16 + 19;  // two-octet IPv4 session and the header of a message
    case RecordKind::kStateChange:
      return 20;  // two-octet IPv4 session and two states
    case RecordKind::kUnsupported:
      break;
  }
  return 0;
}

// What a header must look like while searching: something that this folder decodes.
bool looksDecodable(const uint8_t* header) {
  const RecordKind kind = kindOf(loadU16(header + 4), loadU16(header + 6));
  const uint32_t length = loadU32(header + 8);
  return kind != RecordKind::kUnsupported && length >= minBodyLength(kind) && length <= kMaxSearchLength;
}

}  // namespace

// `need`: how many bytes from `p` would settle an unknown answer.
MrtFramer::Answer MrtFramer::startsRecord(const uint8_t* p, size_t& need) const {
  const auto room = static_cast<size_t>(end_ - p);
  need = kMrtHeaderSize;
  if (room < need) return unsettled();
  if (!looksDecodable(p) || (anyGood_ && !withinADay(loadU32(p), lastGoodSeconds_))) return Answer::kNo;
  const size_t size = kMrtHeaderSize + loadU32(p + 8);
  if (last_ && room == size) return Answer::kYes;
  need = size + kMrtHeaderSize;
  if (room < need) return unsettled();
  const uint8_t* const following = p + size;
  return looksDecodable(following) && withinADay(loadU32(p), loadU32(following)) ? Answer::kYes : Answer::kNo;
}

// Whether a record begins inside the one at p_, which has `size` bytes (perhaps more than there are).
MrtFramer::Answer MrtFramer::holdsRecord(size_t size, size_t& need) {
  const size_t limit = std::min(size, left());
  for (searched_ = std::max<size_t>(searched_, 1); searched_ < limit; ++searched_) {
    const Answer answer = startsRecord(p_ + searched_, need);
    need += searched_;
    if (answer != Answer::kNo) return answer;
  }
  return Answer::kNo;
}

MrtFramer::Answer MrtFramer::otherTypeStands(size_t size) const {
  const uint32_t seconds = loadU32(p_);
  if (size == kMrtHeaderSize || (anyGood_ && !withinADay(seconds, lastGoodSeconds_))) return Answer::kNo;
  if (last_ && left() == size) return Answer::kYes;
  if (left() < size + kMrtHeaderSize) return unsettled();
  const uint8_t* const following = p_ + size;
  const bool same = loadU16(following + 4) == loadU16(p_ + 4) && withinADay(seconds, loadU32(following)) &&
                    loadU32(following + 8) <= kMaxRecordLength;
  return same || believable(following) ? Answer::kYes : Answer::kNo;
}

MrtFramer::Event MrtFramer::nextCarefully() {
  if (state_ == State::kEnded) return Event::kEnd;
  if (state_ == State::kSearching) return search();
  if (left() < kMrtHeaderSize) return last_ ? end() : want(2 * kMrtHeaderSize);

  if (loadU32(p_ + 8) > kMaxRecordLength) return startSearch();
  const size_t size = kMrtHeaderSize + loadU32(p_ + 8);
  if (!current(loadU16(p_ + 4))) {
    const Answer stands = otherTypeStands(size);
    if (stands == Answer::kUnknown) return want(size + kMrtHeaderSize);
    return stands == Answer::kYes ? deliver(size) : startSearch();
  }
  if (!last_ && left() < size + kMrtHeaderSize) return want(size + kMrtHeaderSize);

  const bool whole = size <= left();
  const bool headerFollows = whole && left() - size >= kMrtHeaderSize && believable(p_ + size);
  const bool endFollows = whole && left() - size < kMrtHeaderSize;
  if (headerFollows || endFollows) return deliver(size);

  // Either this header or the next one is damaged, or the data end here.
  size_t need = 0;
  const Answer inside = holdsRecord(size, need);
  if (inside == Answer::kUnknown) return want(need);
  searched_ = 0;
  if (inside == Answer::kYes) return startSearch();
  return whole ? deliver(size) : end();
}

MrtFramer::Event MrtFramer::startSearch() {
  state_ = State::kSearching;
  damage_ = {FindingKind::kDamage, offset_, 0,
             "no MRT record: type " + std::to_string(loadU16(p_ + 4)) + ", subtype " +
                 std::to_string(loadU16(p_ + 6)) + ", length " + std::to_string(loadU32(p_ + 8))};
  return search();
}

MrtFramer::Event MrtFramer::search() {
  for (;; ++p_, ++offset_) {
    size_t need = 0;
    const Answer answer = startsRecord(p_, need);
    if (answer == Answer::kUnknown) return want(need);
    if (answer == Answer::kYes || left() == 0) break;
  }
  state_ = State::kInStep;
  damage_.length = offset_ - damage_.offset;
  return Event::kDamage;
}

MrtFramer::Event MrtFramer::want(size_t bytes) {
  wanted_ = bytes;
  return Event::kMore;
}

MrtFramer::Event MrtFramer::end() {
  if (left() != 0) truncatedTail_ = offset_;
  state_ = State::kEnded;
  return Event::kEnd;
}

}  // namespace nightjar::wire
