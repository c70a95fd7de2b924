// Reads big-endian fields from bytes it does not own, never past their end.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

namespace nightjar {

using Bytes = std::span<const uint8_t>;

// Unchecked big-endian loads. REQUIRES: that many bytes can be read at `p`.
inline uint16_t loadU16(const uint8_t* p) {
  uint16_t v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_bswap16(v);
}
inline uint32_t loadU32(const uint8_t* p) {
  uint32_t v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_bswap32(v);
}
static_assert(std::endian::native == std::endian::little, "the loads above swap");

// A cursor over borrowed bytes. A read past the end returns zero (or empty bytes), moves to the end and makes
// ok() false for good, so that a decoder can read a whole structure and check once.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes)
      : p_(bytes.data()), end_(bytes.data() + bytes.size()), begin_(bytes.data()) {}

  bool ok() const { return ok_; }
  bool atEnd() const { return p_ == end_; }
  size_t left() const { return static_cast<size_t>(end_ - p_); }
  // Bytes consumed since the start.
  size_t position() const { return static_cast<size_t>(p_ - begin_); }

  uint8_t u8() { return need(1) ? *p_++ : uint8_t{0}; }
  uint16_t u16() {
    if (!need(2)) return 0;
    p_ += 2;
    return loadU16(p_ - 2);
  }
  uint32_t u32() {
    if (!need(4)) return 0;
    p_ += 4;
    return loadU32(p_ - 4);
  }
  // A view of the next `count` bytes; valid as long as the bytes given at construction.
  Bytes take(size_t count) {
    if (!need(count)) return {};
    p_ += count;
    return {p_ - count, count};
  }
  Bytes rest() { return take(left()); }

 private:
  bool need(size_t count) {
    if (left() >= count) [[likely]]
      return true;
    p_ = end_;
    ok_ = false;
    return false;
  }

  const uint8_t* p_;
  const uint8_t* end_;
  const uint8_t* begin_;
  bool ok_ = true;
};

}  // namespace nightjar
