// Cuts a stream of decompressed bytes into MRT records, and finds the next record after damage.
#pragma once

#include <cstdint>
#include <optional>

#include "routing/wire/mrt.h"

namespace nightjar::wire {

// Use:
//   MrtFramer framer;
//   for (;;) {
//     ... append to the buffer until it holds framer.wanted() bytes or the file ends ...
//     framer.feed(buffer, fileEnded);
//     for (auto event = framer.next(); ...; event = framer.next()) kRecord: framer.record(), kDamage:
//     framer.damage() kMore: drop framer.consumed() bytes from the front of the buffer and go round; kEnd:
//     done
//   }
// The events are the same however the bytes are cut into pieces. Memory: the caller's buffer, which never
// needs more than kMaxRecordLength plus two headers; the framer itself holds a few numbers. Cost is linear in
// the bytes, also for hostile ones.
//
// A header is believed when its type is registered and its length is at most kMaxRecordLength; an
// unregistered type also needs a time within a day of the record before and a header (or the end) right after
// it. When what follows a record is no header, either may be damaged: if a header can be found inside the
// record, the record is the damage, else the record stands and the damage begins after it. While searching, a
// header needs a decoded type and subtype, a length that such a record can have, a time within a day of the
// last good record, and such a header (or the end) right after it.
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
      if (registered(loadU16(p_ + 4)) && size <= left() - kMrtHeaderSize && believable(p_ + size)) [[likely]]
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
  // RFC 6396, section 4 and the IANA registry "MRT type codes": 0..13, 16, 17, 32, 33, 48, 49.
  static bool registered(uint16_t type) {
    constexpr uint64_t kTypes = 0x3fff | 3ULL << 16 | 3ULL << 32 | 3ULL << 48;
    return type < 64 && (kTypes >> type & 1) != 0;
  }
  static bool believable(const uint8_t* header) {
    return registered(loadU16(header + 4)) && loadU32(header + 8) <= kMaxRecordLength;
  }
  Event deliver(uint64_t size);
  Event nextCarefully();
  Event search();
  Event want(size_t bytes);
  Event end(bool truncated);
  Event startSearch();
  void advance(size_t bytes);
  enum class Answer : uint8_t { kNo, kYes, kUnknown };
  Answer startsRecord(const uint8_t* p) const;
  Answer unregisteredStands() const;

  const uint8_t* begin_ = nullptr;
  const uint8_t* p_ = nullptr;
  const uint8_t* end_ = nullptr;
  bool last_ = false;
  bool anyGood_ = false;
  State state_ = State::kInStep;
  uint32_t lastGoodSeconds_ = 0;
  size_t wanted_ = 2 * kMrtHeaderSize;
  uint64_t offset_ = 0;
  uint64_t damageStart_ = 0;
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
