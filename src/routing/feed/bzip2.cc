// bzip2, by libbz2.
#include <bzlib.h>

#include <algorithm>
#include <limits>

#include "routing/feed/codec.h"

namespace nightjar::feed {
namespace {

unsigned clamp(size_t size) {
  return static_cast<unsigned>(std::min<size_t>(size, std::numeric_limits<unsigned>::max()));
}

class Bzip2 final : public Codec {
 public:
  Bzip2() { restart(); }
  Bzip2(const Bzip2&) = delete;
  Bzip2& operator=(const Bzip2&) = delete;
  ~Bzip2() override { BZ2_bzDecompressEnd(&stream_); }

  std::string_view name() const override { return "bzip2"; }

  // "BZh", the block size, then the magic number of a block or of the end. The first four bytes alone could
  // be the time stamp of an uncompressed archive (in April 2005).
  bool begins(Bytes head) const override {
    if (!matches(head, "BZh")) return false;
    if (head.size() > 3 && (head[3] < '1' || head[3] > '9')) return false;
    const Bytes block = head.subspan(std::min<size_t>(head.size(), 4));
    return matches(block, "\x31\x41\x59\x26\x53\x59") || matches(block, "\x17\x72\x45\x38\x50\x90");
  }

  void restart() override {
    BZ2_bzDecompressEnd(&stream_);
    stream_ = {};
    ready_ = BZ2_bzDecompressInit(&stream_, /*verbosity=*/0, /*small=*/0) == BZ_OK;
  }

  Step step(Bytes in, std::span<uint8_t> out) override {
    if (!ready_) return {.failure = Error{ErrorKind::kLimit, "no memory for the bzip2 decoder"}};
    stream_.next_in = reinterpret_cast<char*>(const_cast<uint8_t*>(in.data()));  // not written to
    stream_.avail_in = clamp(in.size());
    stream_.next_out = reinterpret_cast<char*>(out.data());
    stream_.avail_out = clamp(out.size());
    const int code = BZ2_bzDecompress(&stream_);
    Step step{.consumed = clamp(in.size()) - stream_.avail_in,
              .written = clamp(out.size()) - stream_.avail_out,
              .memberEnd = code == BZ_STREAM_END};
    if (code == BZ_MEM_ERROR) {
      step.failure = Error{ErrorKind::kLimit, "no memory for the bzip2 decoder"};
    } else if (code != BZ_OK && code != BZ_STREAM_END) {
      step.failure = Error{ErrorKind::kInvalid, "bzip2 data is damaged or its checksum does not match"};
    }
    return step;
  }

 private:
  bz_stream stream_{};
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<Codec> makeBzip2() {
  return std::make_unique<Bzip2>();
}

}  // namespace nightjar::feed
