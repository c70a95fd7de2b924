// xz, by liblzma.
#include <lzma.h>

#include "routing/feed/codec.h"

namespace nightjar::feed {
namespace {

// The dictionary and what the decoder itself needs around it.
constexpr uint64_t kMemoryLimit = (uint64_t{1} << kMaxDictionaryLog) + (uint64_t{1} << 20);

Error describe(lzma_ret code) {
  switch (code) {
    case LZMA_MEM_ERROR:
      return {ErrorKind::kLimit, "no memory for the xz decoder"};
    case LZMA_MEMLIMIT_ERROR:
      return {ErrorKind::kLimit, "xz stream wants a dictionary of more than 128 MiB"};
    case LZMA_OPTIONS_ERROR:
    case LZMA_UNSUPPORTED_CHECK:
      return {ErrorKind::kUnsupported, "xz stream uses a filter or checksum that is not supported"};
    case LZMA_FORMAT_ERROR:
      return {ErrorKind::kInvalid, "xz header is damaged"};
    default:
      return {ErrorKind::kInvalid, "xz data is damaged or its checksum does not match"};
  }
}

class Xz final : public Codec {
 public:
  Xz() { restart(); }
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;
  ~Xz() override { lzma_end(&stream_); }

  std::string_view name() const override { return "xz"; }
  bool begins(Bytes head) const override {
    return matches(head, std::string_view("\xfd"
                                          "7zXZ\0",
                                          6));
  }
  // A failure here shows at the first step.
  void restart() override { ready_ = lzma_stream_decoder(&stream_, kMemoryLimit, 0); }

  Step step(Bytes in, std::span<uint8_t> out) override {
    if (ready_ != LZMA_OK) return {.failure = describe(ready_)};
    stream_.next_in = in.data();
    stream_.avail_in = in.size();
    stream_.next_out = out.data();
    stream_.avail_out = out.size();
    const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
    Step step{.consumed = in.size() - stream_.avail_in,
              .written = out.size() - stream_.avail_out,
              .memberEnd = code == LZMA_STREAM_END};
    // LZMA_BUF_ERROR is no error: the step could do nothing with what it was given.
    if (code != LZMA_OK && code != LZMA_STREAM_END && code != LZMA_BUF_ERROR) step.failure = describe(code);
    return step;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  lzma_ret ready_ = LZMA_OK;
};

}  // namespace

std::unique_ptr<Codec> makeXz() {
  return std::make_unique<Xz>();
}

}  // namespace nightjar::feed
