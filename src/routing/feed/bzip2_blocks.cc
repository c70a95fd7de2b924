#include "routing/feed/bzip2_blocks.h"

#include <bzlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace nightjar::feed {
namespace {

constexpr uint64_t kBlockMagic = 0x314159265359;
constexpr uint64_t kEndMagic = 0x177245385090;
constexpr size_t kMagicBits = 48;
constexpr size_t kCrcBits = 32;
constexpr size_t kByteBits = 8;
// 900 kB that do not compress take a little more; nothing takes twice that.
constexpr size_t kLongestBlock = size_t{2} << 20;
// A run of 255 equal bytes is 5 before the block is sorted.
constexpr size_t kLongestDecoded = size_t{64} << 20;
constexpr size_t kUsualDecoded = size_t{1} << 20;

std::unexpected<Error> irregular() {
  return fail(ErrorKind::kInvalid, "the blocks of the bzip2 data are not as they should be");
}

bool isMagic(uint64_t bits) {
  return bits == kBlockMagic || bits == kEndMagic;
}

// Appends bits, the first in the highest place.
class BitWriter {
 public:
  explicit BitWriter(std::vector<uint8_t>& out) : out_(out) {}
  void put(uint64_t value, size_t count) {
    for (size_t i = count; i-- > 0;) {
      byte_ = static_cast<uint8_t>(byte_ << 1 | (value >> i & 1));
      if (++filled_ == kByteBits) flush();
    }
  }
  void pad() {
    while (filled_ > 0) put(0, 1);
  }

 private:
  void flush() {
    out_.push_back(byte_);
    byte_ = 0;
    filled_ = 0;
  }
  std::vector<uint8_t>& out_;
  uint8_t byte_ = 0;
  size_t filled_ = 0;
};

}  // namespace

std::optional<Bzip2Blocks> Bzip2Blocks::open(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  auto source = Source::ofFile(path);
  if (!source) return std::nullopt;
  return of(std::move(*source));
}

std::optional<Bzip2Blocks> Bzip2Blocks::of(Source source) {
  Bzip2Blocks blocks(std::move(source));
  const auto begun = blocks.beginStream();
  if (!begun || !*begun) return std::nullopt;
  const auto loaded = blocks.load(kMagicBits);
  if (!loaded || !*loaded || !isMagic(blocks.bits(blocks.bit_, kMagicBits))) return std::nullopt;
  return blocks;
}

// Makes `count` bits from bit_ on present; false where the file ends before.
Result<bool> Bzip2Blocks::load(size_t count) {
  while (window_.size() * kByteBits < bit_ + count) {
    if (source_.rest().empty()) {
      const auto more = source_.refill();
      if (!more) return std::unexpected(more.error());
      if (!*more) return false;
    }
    const size_t used = bit_ / kByteBits;
    window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(used));
    bit_ -= used * kByteBits;
    window_.insert(window_.end(), source_.rest().begin(), source_.rest().end());
    source_.consume(source_.rest().size());
  }
  return true;
}

// REQUIRES: they are present; count <= 56.
uint64_t Bzip2Blocks::bits(size_t at, size_t count) const {
  uint64_t value = 0;
  const size_t end = at + count;
  for (size_t byte = at / kByteBits; byte * kByteBits < end; ++byte)
    value = value << kByteBits | window_[byte];
  const size_t behind = (kByteBits - end % kByteBits) % kByteBits;
  return value >> behind & ((uint64_t{1} << count) - 1);
}

// "BZh" and the block size; false at the end of the file.
Result<bool> Bzip2Blocks::beginStream() {
  const auto loaded = load(4 * kByteBits);
  if (!loaded) return std::unexpected(loaded.error());
  if (!*loaded) {
    if (window_.size() * kByteBits > bit_) return irregular();
    return false;
  }
  const uint64_t head = bits(bit_, 4 * kByteBits);
  level_ = static_cast<uint8_t>(head);
  if (head >> kByteBits != 0x425A68 || level_ < '1' || level_ > '9') return irregular();
  bit_ += 4 * kByteBits;
  crc_ = 0;
  return true;
}

// Steps over the end of a stream; false at the end of the file.
Result<bool> Bzip2Blocks::endStream() {
  const auto loaded = load(kMagicBits + kCrcBits);
  if (!loaded) return std::unexpected(loaded.error());
  if (!*loaded || bits(bit_ + kMagicBits, kCrcBits) != crc_) return irregular();
  bit_ += kMagicBits + kCrcBits;
  bit_ = (bit_ + kByteBits - 1) / kByteBits * kByteBits;
  return beginStream();
}

// The first magic number at or after bit `from` of the block, counted from its beginning.
Result<size_t> Bzip2Blocks::findMagic(size_t from) {
  for (size_t at = from; at < kLongestBlock * kByteBits; at += kByteBits) {
    const auto loaded = load(at + kMagicBits + kByteBits);
    if (!loaded) return std::unexpected(loaded.error());
    // The last one ends with the file, give or take the bits that pad a byte.
    const size_t present = window_.size() * kByteBits - bit_;
    if (present < at + kMagicBits) return irregular();
    const size_t shifts = std::min(kByteBits, present - at - kMagicBits + 1);
    const uint64_t many = bits(bit_ + at, kMagicBits + shifts - 1);
    for (size_t shift = 0; shift < shifts; ++shift) {
      const uint64_t one = many >> (shifts - 1 - shift) & ((uint64_t{1} << kMagicBits) - 1);
      if (isMagic(one)) return at + shift;
    }
  }
  return irregular();
}

// The block from bit_ on, `length` bits long, with a header and an end.
std::vector<uint8_t> Bzip2Blocks::cut(size_t length, uint32_t crc) const {
  std::vector<uint8_t> stream = {'B', 'Z', 'h', level_};
  stream.reserve(length / kByteBits + 32);
  const size_t whole = length / kByteBits;
  const size_t shift = bit_ % kByteBits;
  const uint8_t* from = window_.data() + bit_ / kByteBits;
  for (size_t i = 0; i < whole; ++i) {
    stream.push_back(
        shift == 0 ? from[i] : static_cast<uint8_t>(from[i] << shift | from[i + 1] >> (kByteBits - shift)));
  }
  BitWriter writer(stream);
  const size_t left = length % kByteBits;
  if (left > 0) writer.put(bits(bit_ + whole * kByteBits, left), left);
  writer.put(kEndMagic, kMagicBits);
  writer.put(crc, kCrcBits);
  writer.pad();
  return stream;
}

Result<std::optional<std::vector<uint8_t>>> Bzip2Blocks::next() {
  for (;;) {
    const auto loaded = load(kMagicBits + kCrcBits);
    if (!loaded) return std::unexpected(loaded.error());
    if (!*loaded) return irregular();
    if (bits(bit_, kMagicBits) == kEndMagic) {
      const auto another = endStream();
      if (!another) return std::unexpected(another.error());
      if (!*another) return std::nullopt;
      continue;
    }
    if (bits(bit_, kMagicBits) != kBlockMagic) return irregular();
    const auto crc = static_cast<uint32_t>(bits(bit_ + kMagicBits, kCrcBits));
    const auto length = findMagic(kMagicBits + kCrcBits);
    if (!length) return std::unexpected(length.error());
    auto block = cut(*length, crc);
    bit_ += *length;
    crc_ = std::rotl(crc_, 1) ^ crc;
    return block;
  }
}

Result<std::vector<uint8_t>> decodeBzip2Block(const std::vector<uint8_t>& block) {
  bz_stream stream{};
  if (BZ2_bzDecompressInit(&stream, /*verbosity=*/0, /*small=*/0) != BZ_OK) {
    return fail(ErrorKind::kLimit, "no memory for the bzip2 decoder");
  }
  stream.next_in = reinterpret_cast<char*>(const_cast<uint8_t*>(block.data()));  // not written to
  stream.avail_in = static_cast<unsigned>(block.size());
  std::vector<uint8_t> decoded(kUsualDecoded);
  size_t filled = 0;
  int code = BZ_OK;
  for (;;) {
    stream.next_out = reinterpret_cast<char*>(decoded.data() + filled);
    stream.avail_out = static_cast<unsigned>(decoded.size() - filled);
    code = BZ2_bzDecompress(&stream);
    filled = decoded.size() - stream.avail_out;
    if (code != BZ_OK || filled < decoded.size() || decoded.size() >= kLongestDecoded) break;
    decoded.resize(2 * decoded.size());
  }
  BZ2_bzDecompressEnd(&stream);
  if (code != BZ_STREAM_END) return irregular();
  decoded.resize(filled);
  return decoded;
}

}  // namespace nightjar::feed
