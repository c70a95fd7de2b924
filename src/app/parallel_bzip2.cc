#include "app/parallel_bzip2.h"

#include <algorithm>
#include <array>
#include <deque>
#include <future>
#include <new>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

#include "routing/feed/bzip2_blocks.h"

namespace nightjar::app {
namespace {

using Buffer = std::vector<uint8_t>;

// Decoders that run at a time, in all files together: a block is sorted back through 3.6 MB in no order, and
// more of them than there are cores only take each other's cache.
constexpr unsigned kMostAtATime = 64;
using Seats = std::counting_semaphore<kMostAtATime>;
Seats& seats() {
  static Seats all(std::clamp(std::thread::hardware_concurrency(), 1U, kMostAtATime));
  return all;
}

Result<Buffer> decode(const Buffer& block) {
  seats().acquire();
  Result<Buffer> decoded = fail(ErrorKind::kLimit, "no memory for the bzip2 decoder");
  try {
    decoded = feed::decodeBzip2Block(block);
  } catch (const std::bad_alloc&) {
    // As it stands.
  }
  seats().release();
  return decoded;
}

// A block takes some 20 ms to decode: a thread of its own for each costs next to nothing.
class ParallelBzip2 final : public feed::ByteStream {
 public:
  ParallelBzip2(feed::Bzip2Blocks blocks, std::string path, unsigned threads)
      : blocks_(std::move(blocks)), path_(std::move(path)), threads_(threads) {}

  Result<size_t> read(std::span<uint8_t> out) override {
    size_t filled = 0;
    while (filled < out.size() && !serial_ && advance()) {
      const size_t count = std::min(out.size() - filled, current_.size() - at_);
      std::copy_n(current_.begin() + static_cast<std::ptrdiff_t>(at_), count,
                  out.begin() + static_cast<std::ptrdiff_t>(filled));
      at_ += count;
      filled += count;
      delivered_ += count;
    }
    if (filled > 0 || !serial_) return filled;
    return serial_->read(out);
  }

 private:
  // Makes current_ a block with something left; false at the end, or where it goes on in order.
  bool advance() {
    while (at_ == current_.size()) {
      startDecoders();
      if (decoders_.empty()) {
        if (irregular_) goOnInOrder();
        return false;
      }
      auto decoded = decoders_.front().get();
      decoders_.pop_front();
      if (!decoded) {
        goOnInOrder();
        return false;
      }
      current_ = std::move(*decoded);
      at_ = 0;
    }
    return true;
  }

  // One more than there are threads: the next is ready when one is taken.
  void startDecoders() {
    while (!ended_ && decoders_.size() <= threads_) {
      auto block = blocks_.next();
      irregular_ = !block;
      ended_ = irregular_ || !*block;
      if (ended_) return;
      decoders_.push_back(
          std::async(std::launch::async, [bytes = std::move(**block)] { return decode(bytes); }));
    }
  }

  // What was delivered already is skipped.
  void goOnInOrder() {
    ended_ = true;
    decoders_.clear();
    auto opened = feed::openFile(path_);
    if (!opened) {
      serial_ = std::make_unique<Failed>(opened.error());
      return;
    }
    serial_ = std::move(*opened);
    std::array<uint8_t, 65536> skipped;
    for (uint64_t left = delivered_; left > 0;) {
      const auto got = serial_->read(std::span(skipped).first(std::min<uint64_t>(left, skipped.size())));
      if (!got) {
        serial_ = std::make_unique<Failed>(got.error());
        return;
      }
      if (*got == 0) return;
      left -= *got;
    }
  }

  class Failed final : public feed::ByteStream {
   public:
    explicit Failed(Error error) : error_(std::move(error)) {}
    Result<size_t> read(std::span<uint8_t> /*out*/) override {
      if (std::exchange(told_, true)) return size_t{0};
      return std::unexpected(error_);
    }

   private:
    Error error_;
    bool told_ = false;
  };

  feed::Bzip2Blocks blocks_;
  std::string path_;
  unsigned threads_;
  std::deque<std::future<Result<Buffer>>> decoders_;  // in the order of the file
  Buffer current_;
  size_t at_ = 0;
  uint64_t delivered_ = 0;
  bool ended_ = false;
  bool irregular_ = false;
  std::unique_ptr<feed::ByteStream> serial_;
};

}  // namespace

Result<std::unique_ptr<feed::ByteStream>> openInParallel(const std::string& path, unsigned threads) {
  if (threads > 1) {
    if (auto blocks = feed::Bzip2Blocks::open(path)) {
      return std::make_unique<ParallelBzip2>(std::move(*blocks), path, threads);
    }
  }
  return feed::openFile(path);
}

}  // namespace nightjar::app
