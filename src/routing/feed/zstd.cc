// Zstandard, RFC 8878, by libzstd.
#include <zstd.h>
#include <zstd_errors.h>

#include "routing/feed/codec.h"

namespace nightjar::feed {
namespace {

Error describe(size_t result) {
  switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_frameParameter_windowTooLarge:
      return {ErrorKind::kLimit, "zstd frame wants a window of more than 128 MiB"};
    case ZSTD_error_memory_allocation:
      return {ErrorKind::kLimit, "no memory for the zstd decoder"};
    case ZSTD_error_checksum_wrong:
      return {ErrorKind::kInvalid, "zstd checksum does not match"};
    case ZSTD_error_dictionary_wrong:
      return {ErrorKind::kUnsupported, "zstd frame needs a dictionary"};
    default:
      return {ErrorKind::kInvalid, "zstd data is damaged"};
  }
}

class Zstd final : public Codec {
 public:
  Zstd() : stream_(ZSTD_createDStream()) {
    if (stream_) ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kMaxDictionaryLog);
  }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;
  ~Zstd() override { ZSTD_freeDStream(stream_); }

  std::string_view name() const override { return "zstd"; }
  bool begins(Bytes head) const override {
    return matches(head, "\x28\xb5\x2f\xfd") || beginsSkippable(head);
  }
  void restart() override {
    if (stream_) ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only);
  }

  Step step(Bytes in, std::span<uint8_t> out) override {
    if (!stream_) return {.failure = Error{ErrorKind::kLimit, "no memory for the zstd decoder"}};
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const size_t result = ZSTD_decompressStream(stream_, &output, &input);
    Step step{.consumed = input.pos, .written = output.pos, .memberEnd = result == 0};
    if (ZSTD_isError(result)) step.failure = describe(result);
    return step;
  }

 private:
  // RFC 8878, section 3.1.2: 0x184D2A5?, then the size, little-endian. Only sizes under 64 KiB (pzstd writes
  // 4): the first eight bytes of an uncompressed archive could otherwise be taken for one.
  static bool beginsSkippable(Bytes head) {
    return !head.empty() && head[0] >> 4 == 5 && matches(head.subspan(1), "\x2a\x4d\x18") &&
           (head.size() < 8 || (head[6] == 0 && head[7] == 0));
  }

  ZSTD_DStream* stream_;
};

}  // namespace

std::unique_ptr<Codec> makeZstd() {
  return std::make_unique<Zstd>();
}

}  // namespace nightjar::feed
