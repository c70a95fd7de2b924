// Routes as BGP writes them: a length in bits and as many octets as hold it (RFC 4271, section 4.3; RFC 4760,
// section 5), with a path identifier before it under add-path (RFC 7911, section 3).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/address.h"
#include "base/byte_reader.h"

namespace nightjar::wire {

struct Nlri {
  Prefix prefix;
  uint32_t pathId = 0;  // 0 without add-path
  bool operator==(const Nlri&) const = default;
};

// Octets that hold `bits` bits.
constexpr size_t octetsOf(uint8_t bits) {
  return (bits + 7U) / 8U;
}

// A number with the first `count` bits set, in the order of the wire.
inline uint64_t leadingOnes(unsigned count) {
  return __builtin_bswap64(count >= 64 ? ~uint64_t{0} : ~(~uint64_t{0} >> count));
}

// A prefix from the octets at `p`; bits past the length are cleared (RFC 4271: their value is irrelevant;
// some speakers set them). `room`: how many octets can be read. REQUIRES: length <= addressBits(family), room
// >= octetsOf(length).
inline Prefix loadPrefix(Family family, const uint8_t* p, size_t room, uint8_t length) {
  std::array<uint64_t, 2> words{};
  if (room >= sizeof words) [[likely]] {
    std::memcpy(words.data(), p, sizeof words);
  } else {
    std::memcpy(words.data(), p, octetsOf(length));
  }
  words[0] &= leadingOnes(length);
  words[1] &= leadingOnes(length > 64 ? length - 64U : 0);
  return {{family, std::bit_cast<std::array<uint8_t, 16>>(words)}, length};
}

// Walks the routes of one field:
//   NlriCursor cursor(bytes, Family::kIpv4, addPath);
//   for (Nlri nlri; cursor.next(nlri);) ...
//   if (!cursor.ok()) the route at cursor.position() is too long or cut
class NlriCursor {
 public:
  NlriCursor(Bytes bytes, Family family, bool addPath)
      : p_(bytes.data()),
        end_(p_ + bytes.size()),
        begin_(p_),
        family_(family),
        maxLength_(addressBits(family)),
        head_(addPath ? 5 : 1) {}

  bool next(Nlri& nlri) {
    size_t size;
    if (!measure(size)) return false;
    nlri.pathId = head_ == 5 ? loadU32(p_) : 0;
    nlri.prefix = loadPrefix(family_, p_ + head_, static_cast<size_t>(end_ - p_) - head_, p_[head_ - 1]);
    p_ += size;
    return true;
  }
  // As next(), without looking at the prefix.
  bool skip() {
    size_t size;
    if (!measure(size)) return false;
    p_ += size;
    return true;
  }

  bool ok() const { return ok_; }
  size_t position() const { return static_cast<size_t>(p_ - begin_); }

 private:
  bool measure(size_t& size) {
    const auto left = static_cast<size_t>(end_ - p_);
    if (left < head_) return stop(left == 0);
    const uint8_t length = p_[head_ - 1];
    size = head_ + octetsOf(length);
    if (length > maxLength_ || left < size) [[unlikely]]
      return stop(false);
    return true;
  }
  bool stop(bool ok) {
    ok_ = ok_ && ok;
    return false;
  }

  const uint8_t* p_;
  const uint8_t* end_;
  const uint8_t* begin_;
  Family family_;
  uint8_t maxLength_;
  uint8_t head_;
  bool ok_ = true;
};

}  // namespace nightjar::wire
