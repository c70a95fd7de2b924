// Cuts a stream of decompressed bytes into MRT records, and finds the next record after damage.
#pragma once

#include <cstdint>
#include <optional>

#include "routing/wire/mrt.h"

namespace nightjar::wire {

// The longest record that a search after damage believes in; it bounds how far a search looks ahead.
inline constexpr uint32_t kMaxSearchLength = 1U << 20;

// Use:
//   MrtFramer framer;
//   do {
//     // append to the buffer until it holds framer.wanted() bytes or the file ends
//     framer.feed(buffer, fileEnded);
//     while ((event = framer.next()) == Event::kRecord || event == Event::kDamage) ...
//     // drop framer.consumed() bytes from the front of the buffer
//   } while (event != Event::kEnd);
//
// The events are the same however the bytes are cut into pieces. Memory: the caller's buffer, which never
// needs more than kMaxRecordLength + kMaxSearchLength bytes (and two headers); the framer itself holds a few
// numbers. Cost is linear in the bytes, also for hostile ones.
//
// A header is believed when its type is a current one and its length is at most kMaxRecordLength; any other
// type also needs a body, a time within a day of the record before, and a believed header, another of its
// type or the end right after it. When what follows a record is no header, either may be damaged: if a header
// can be found inside the record, the record is the damage, else the record stands and the damage begins
// after it. While searching, a header needs a decoded type and subtype, a length that such a record can have,
// a time within a day of the last good record, and such a header (or the end) right after it.
class MrtFramer {
 public:
  enum class Event : uint8_t {
    kRecord,  // record() is the next one
    kDamage,  // damage() was left out; ends at the next record or at the end of the data
    kMore,    // give more bytes
    kEnd,     // the data is used up; truncatedTail() tells whether the last record was cut
  };

  // `bytes` begin at the first byte that was not consumed before; `last` says that the data end with them.
  // They must stay valid until the next call of feed(), and as long as records that view them are used.
  void feed(Bytes bytes, bool last) {
    begin_ = p_ = bytes.data();
    end_ = p_ + bytes.size();
    last_ = last;
  }

  Event next() {
    if (state_ == State::kInStep && left() >= 2 * kMrtHeaderSize) [[likely]] {
      const uint64_t size = kMrtHeaderSize + uint64_t{loadU32(p_ + 8)};
      if (current(loadU16(p_ + 4)) && size <= left() - kMrtHeaderSize && believable(p_ + size)) [[likely]]
        return deliver(size);
    }
    return nextCarefully();
  }

  const MrtRecord& record() const { return record_; }
  const Finding& damage() const { return damage_; }

  // Bytes of the last feed() that are done with.
  size_t consumed() const { return static_cast<size_t>(p_ - begin_); }
  // After kMore: how many bytes, counted from consumed(), the next step needs unless the data end before.
  size_t wanted() const { return wanted_; }
  // Offset in the file of the next byte to be looked at.
  uint64_t offset() const { return offset_; }
  // After kEnd: where the last record begins if the data end inside it, which is normal for a live file.
  std::optional<uint64_t> truncatedTail() const { return truncatedTail_; }

 private:
  enum class State : uint8_t { kInStep, kSearching, kEnded };

  size_t left() const { return static_cast<size_t>(end_ - p_); }
  // RFC 6396, section 4: 11 to 13, 16, 17, 32, 33, 48, 49. The deprecated types 0 to 10 (section 4, appendix
  // B) are left out: a hole of zero bytes in a file would be a run of them.
  static bool current(uint16_t type) {
    constexpr uint64_t kTypes = 7ULL << 11 | 3ULL << 16 | 3ULL << 32 | 3ULL << 48;
    return type < 64 && (kTypes >> type & 1) != 0;
  }
  static bool believable(const uint8_t* header) {
    return current(loadU16(header + 4)) && loadU32(header + 8) <= kMaxRecordLength;
  }
  enum class Answer : uint8_t { kNo, kYes, kUnknown };
  Answer unsettled() const { return last_ ? Answer::kNo : Answer::kUnknown; }
  Answer startsRecord(const uint8_t* p, size_t& need) const;
  Answer holdsRecord(size_t size, size_t& need);
  Answer otherTypeStands(size_t size) const;
  Event deliver(uint64_t size);
  Event nextCarefully();
  Event startSearch();
  Event search();
  Event want(size_t bytes);
  Event end();

  const uint8_t* begin_ = nullptr;
  const uint8_t* p_ = nullptr;
  const uint8_t* end_ = nullptr;
  bool last_ = false;
  bool anyGood_ = false;
  State state_ = State::kInStep;
  uint32_t lastGoodSeconds_ = 0;
  size_t wanted_ = 2 * kMrtHeaderSize;
  uint64_t offset_ = 0;
  size_t searched_ = 0;  // bytes after p_ in which no record begins
  std::optional<uint64_t> truncatedTail_;
  MrtRecord record_;
  Finding damage_;
};

inline MrtFramer::Event MrtFramer::deliver(uint64_t size) {
  record_.seconds = lastGoodSeconds_ = loadU32(p_);
  record_.type = loadU16(p_ + 4);
  record_.subtype = loadU16(p_ + 6);
  record_.offset = offset_;
  record_.raw = {p_, static_cast<size_t>(size)};
  record_.body = record_.raw.subspan(kMrtHeaderSize);
  record_.microseconds = 0;
  // ISIS_ET (33) and OSPFv3_ET (49) are extended as well; all the others of these numbers are not decoded.
  if (record_.type == static_cast<uint16_t>(MrtType::kBgp4mpEt) && record_.body.size() >= 4) {
    record_.microseconds = loadU32(record_.body.data());
    record_.body = record_.body.subspan(4);
  }
  anyGood_ = true;
  p_ += size;
  offset_ += size;
  return Event::kRecord;
}

}  // namespace nightjar::wire
