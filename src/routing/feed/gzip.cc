// gzip, RFC 1952, by ISA-L: the header with its optional fields and their CRC, and the CRC and length of the
// trailer, are checked there.
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <limits>

#include "routing/feed/codec.h"

namespace nightjar::feed {
namespace {

Error describe(int code) {
  switch (code) {
    case ISAL_INCORRECT_CHECKSUM:
      return {ErrorKind::kInvalid, "gzip checksum or length does not match"};
    case ISAL_UNSUPPORTED_METHOD:
      return {ErrorKind::kUnsupported, "gzip member uses a compression method other than deflate"};
    case ISAL_INVALID_WRAPPER:
      return {ErrorKind::kInvalid, "gzip header is damaged"};
    default:
      return {ErrorKind::kInvalid, "gzip data is damaged"};
  }
}

uint32_t clamp(size_t size) {
  return static_cast<uint32_t>(std::min<size_t>(size, std::numeric_limits<uint32_t>::max()));
}

class Gzip final : public Codec {
 public:
  Gzip() {
    isal_inflate_init(&state_);
    restart();
  }

  std::string_view name() const override { return "gzip"; }
  bool begins(Bytes head) const override { return matches(head, "\x1f\x8b\x08"); }
  void restart() override {
    isal_inflate_reset(&state_);
    state_.crc_flag = ISAL_GZIP_NO_HDR_VER;
    isal_gzip_header_init(&header_);
    inHeader_ = true;
  }

  Step step(Bytes in, std::span<uint8_t> out) override {
    const uint32_t inSize = clamp(in.size());
    const uint32_t outSize = clamp(out.size());
    state_.next_in = const_cast<uint8_t*>(in.data());  // not written to
    state_.avail_in = inSize;
    state_.next_out = out.data();
    state_.avail_out = outSize;
    int code = ISAL_DECOMP_OK;
    if (inHeader_) {
      code = isal_read_gzip_header(&state_, &header_);
      inHeader_ = code != ISAL_DECOMP_OK;
    }
    if (!inHeader_) code = isal_inflate(&state_);
    Step step{.consumed = inSize - state_.avail_in, .written = outSize - state_.avail_out};
    if (code < 0) {
      step.consumed = std::min<size_t>(step.consumed, inSize);  // damage may make ISA-L count past the end
      step.failure = describe(code);
    } else {
      step.memberEnd = state_.block_state == ISAL_BLOCK_FINISH;
    }
    return step;
  }

 private:
  inflate_state state_;
  isal_gzip_header header_;  // its fields are not kept, only checked
  bool inHeader_ = true;
};

}  // namespace

std::unique_ptr<Codec> makeGzip() {
  return std::make_unique<Gzip>();
}

}  // namespace nightjar::feed
