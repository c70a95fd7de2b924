#include "routing/feed/byte_stream.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "routing/feed/codec.h"
#include "routing/feed/source.h"

namespace nightjar::feed {
namespace {

// Enough to tell a compression (10 bytes for bzip2), or a web page with some white space before it.
constexpr size_t kHeadSize = 512;
constexpr size_t kMagicSize = 10;
// With fewer, a file is too short to be anything.
constexpr size_t kLeastMagic = 4;

// Moves bytes from the source through the codec, member after member.
class Decompressor final : public ByteStream {
 public:
  Decompressor(Source source, std::unique_ptr<Codec> codec)
      : source_(std::move(source)), codec_(std::move(codec)) {}

  Result<size_t> read(std::span<uint8_t> out) override {
    size_t filled = 0;
    while (filled < out.size() && !finished_) filled += advance(out.subspan(filled));
    if (filled == 0 && failure_) return std::unexpected(*std::exchange(failure_, std::nullopt));
    return filled;
  }

 private:
  // Writes what one piece of input gives; sets finished_ at the end or with failure_.
  size_t advance(std::span<uint8_t> out) {
    if (source_.rest().empty()) {
      if (const auto more = source_.refill(); !more) return stop(more.error());
    }
    const bool atEnd = source_.rest().empty();
    Codec::Step step = codec_->step(source_.rest(), out);
    source_.consume(step.consumed);
    if (step.failure) {
      stop(std::move(*step.failure));
    } else if (step.memberEnd) {
      endMember();
    } else if (step.consumed == 0 && step.written == 0) {
      stop(atEnd ? Error{ErrorKind::kTruncated,
                         std::string(codec_->name()) + " file ends in the middle of its data"}
                 : Error{ErrorKind::kInvalid, std::string(codec_->name()) + " data is damaged"});
    }
    return step.written;
  }

  // What may follow a member: the end, zeros up to the end (tapes, pre-allocated files), another member.
  void endMember() {
    for (;;) {
      const auto head = source_.peek(kMagicSize);
      if (!head) return void(stop(head.error()));
      if (head->empty()) {
        finished_ = true;
        return;
      }
      if (codec_->begins(*head)) return codec_->restart();
      const auto rest = source_.rest();
      const auto padding = static_cast<size_t>(
          std::find_if(rest.begin(), rest.end(), [](uint8_t byte) { return byte != 0; }) - rest.begin());
      if (padding == 0) {
        return void(stop({ErrorKind::kInvalid,
                          "foreign data after the end of the " + std::string(codec_->name()) + " data"}));
      }
      source_.consume(padding);
    }
  }

  size_t stop(Error error) {
    finished_ = true;
    error.where = source_.name();
    if (!error.offset) error.offset = source_.offset();
    failure_ = std::move(error);
    return 0;
  }

  Source source_;
  std::unique_ptr<Codec> codec_;
  bool finished_ = false;
  std::optional<Error> failure_;  // to be told by the next read that has nothing else to give
};

// What a server sends in place of an archive that it does not have.
bool looksLikeWebPage(Bytes head) {
  std::string text;
  for (const uint8_t byte : head) {
    const char c = static_cast<char>(byte);
    if (text.empty() && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) continue;
    text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  for (const std::string_view start : {"<!doctype", "<html", "<head", "<body", "<?xml"}) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

std::unique_ptr<Codec> codecFor(Bytes head) {
  for (const auto make : {makeGzip, makeBzip2, makeXz, makeZstd}) {
    auto codec = make();
    if (head.size() >= kLeastMagic && codec->begins(head)) return codec;
  }
  return makePlain();
}

Result<std::unique_ptr<ByteStream>> open(Source source) {
  const auto head = source.peek(kHeadSize);
  if (!head) return failIn(source.name(), head.error());
  if (head->empty()) return failIn(source.name(), {ErrorKind::kInvalid, "is empty"});
  if (looksLikeWebPage(*head)) {
    return failIn(source.name(), {ErrorKind::kInvalid, "is an HTML page, not an archive"});
  }
  auto codec = codecFor(*head);
  return std::make_unique<Decompressor>(std::move(source), std::move(codec));
}

}  // namespace

Result<std::unique_ptr<ByteStream>> openFile(const std::string& path) {
  auto source = Source::ofFile(path);
  if (!source) return std::unexpected(source.error());
  return open(std::move(*source));
}

Result<std::unique_ptr<ByteStream>> openBytes(std::span<const uint8_t> bytes, std::string name,
                                              size_t chunk) {
  return open(Source::ofMemory(bytes, std::move(name), chunk));
}

}  // namespace nightjar::feed
