#include "app/record_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <new>
#include <stop_token>
#include <thread>
#include <utility>

#include "app/parallel_bzip2.h"
#include "routing/wire/mrt_framer.h"

namespace nightjar::app {
namespace {

using wire::MrtFramer;

// So much without a record that can be decoded is no archive, or one that damage has left worthless.
constexpr uint64_t kMaxBarren = uint64_t{16} << 20;

// A buffer and what was found in it. The bytes are left uninitialised, so that memory which a small file does
// not need is never touched.
struct Slot {
  std::unique_ptr<uint8_t[]> bytes;
  size_t capacity = 0;
  RecordBlock block;

  // Keeps the first `used` bytes.
  void reserve(size_t size, size_t used) {
    if (capacity >= size) return;
    auto larger = std::make_unique_for_overwrite<uint8_t[]>(size);
    if (used > 0) std::memcpy(larger.get(), bytes.get(), used);
    bytes = std::move(larger);
    capacity = size;
  }
};

// Turns a byte stream into blocks of records, one slot at a time.
class BlockMaker {
 public:
  BlockMaker(std::unique_ptr<feed::ByteStream> stream, std::string name, size_t blockSize)
      : stream_(std::move(stream)), name_(std::move(name)), blockSize_(std::max(blockSize, kLeastBlock)) {}

  // Makes the next block in `slot`; false if there is none. After that failure() tells why the file ended.
  bool fill(Slot& slot) {
    slot.block.runs.clear();
    slot.block.findings.clear();
    slot.block.truncatedTail.reset();
    if (finished_) return false;

    // Not slot.capacity, which depends on what the slot held before.
    size_t room = std::max(blockSize_, 2 * framer_.wanted());
    slot.reserve(room, 0);
    size_t used = carry_.size();
    std::copy(carry_.begin(), carry_.end(), slot.bytes.get());
    for (;;) {
      used += read({slot.bytes.get() + used, room - used});
      framer_.feed({slot.bytes.get(), used}, inputEnded_);
      cut(slot.block);
      const Bytes left = Bytes{slot.bytes.get(), used}.subspan(framer_.consumed());
      if (finished_ || !slot.block.runs.empty()) {
        carry_.assign(left.begin(), left.end());
        break;
      }
      // Nothing yet: the record is longer than the slot, or the framer searches through damage. With twice
      // the room that it wants, what is moved here is paid for by the bytes that are read next.
      std::memmove(slot.bytes.get(), left.data(), left.size());
      used = left.size();
      room = std::max(room, 2 * framer_.wanted());
      slot.reserve(room, used);
    }
    return !slot.block.runs.empty() || !slot.block.findings.empty() || slot.block.truncatedTail;
  }

  const std::optional<Error>& failure() const { return failure_; }
  // No more blocks, for this reason.
  void fail(ErrorKind kind, std::string message) {
    finished_ = true;
    failure_ = Error{kind, std::move(message), name_};
  }

 private:
  static constexpr size_t kLeastBlock = 4 * wire::kMrtHeaderSize;

  // Fills `out` as far as the input goes.
  size_t read(std::span<uint8_t> out) {
    size_t filled = 0;
    while (filled < out.size() && !inputEnded_) {
      const auto got = stream_->read(out.subspan(filled));
      if (!got) failure_ = got.error();
      inputEnded_ = !got || *got == 0;
      if (got) filled += *got;
    }
    anyByte_ = anyByte_ || filled > 0;
    return filled;
  }

  // Notes the records and the damage in what the framer was fed.
  void cut(RecordBlock& block) {
    for (;;) {
      switch (framer_.next()) {
        case MrtFramer::Event::kRecord:
          add(block.runs, framer_.record());
          break;
        case MrtFramer::Event::kDamage:
          block.findings.push_back(framer_.damage());
          break;
        case MrtFramer::Event::kMore:
          if (framer_.offset() - usefulUpTo_ > kMaxBarren) giveUp();
          return;
        case MrtFramer::Event::kEnd:
          finished_ = true;
          block.truncatedTail = framer_.truncatedTail();
          if (anyByte_ && !anyRecord_ && !block.truncatedTail && !failure_) {
            fail(ErrorKind::kInvalid, "holds no MRT record");
          }
          return;
      }
    }
  }

  void add(std::vector<RecordRun>& runs, const wire::MrtRecord& record) {
    anyRecord_ = true;
    if (wire::kindOf(record) != wire::RecordKind::kUnsupported)
      usefulUpTo_ = record.offset + record.raw.size();
    if (!runs.empty() && runs.back().bytes.data() + runs.back().bytes.size() == record.raw.data()) {
      runs.back().bytes = {runs.back().bytes.data(), runs.back().bytes.size() + record.raw.size()};
    } else {
      runs.push_back({record.raw, record.offset});
    }
  }

  void giveUp() {
    fail(ErrorKind::kLimit,
         usefulUpTo_ == 0 ? std::string("no MRT record in the first 16 MiB of its data")
                          : fmt::format("no MRT record in 16 MiB after decompressed byte {}", usefulUpTo_));
  }

  std::unique_ptr<feed::ByteStream> stream_;
  std::string name_;
  size_t blockSize_;
  MrtFramer framer_;
  std::vector<uint8_t> carry_;  // what the last block left over: the beginning of a record
  uint64_t usefulUpTo_ = 0;
  bool anyByte_ = false;
  bool anyRecord_ = false;
  bool inputEnded_ = false;  // the byte stream has no more
  bool finished_ = false;    // neither has the framer
  std::optional<Error> failure_;
};

}  // namespace

// Slots go round: free -> filled by the thread -> ready -> read by the caller -> free. Only the lists and
// `ended` are shared; a slot belongs to whoever took it off a list.
struct RecordStream::State {
  State(std::unique_ptr<feed::ByteStream> bytes, std::string name, const Options& options)
      : maker(std::move(bytes), std::move(name), options.blockSize),
        slots(options.readAhead ? std::max<size_t>(options.blocks, 2) : 1) {
    for (auto& slot : slots) free.push_back(&slot);
  }

  bool fill(Slot& slot) {
    try {
      return maker.fill(slot);
    } catch (const std::bad_alloc&) {
      maker.fail(ErrorKind::kLimit, "no memory for its records");
      return false;
    }
  }

  void run(const std::stop_token& stop) {
    for (;;) {
      Slot* slot = nullptr;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, stop, [this] { return !free.empty(); });
        if (stop.stop_requested()) return;
        slot = free.back();  // the one used last: its bytes may still be in the cache
        free.pop_back();
      }
      const bool filled = fill(*slot);
      const std::scoped_lock lock(mutex);
      if (filled) {
        ready.push_back(slot);
      } else {
        ended = true;
      }
      changed.notify_all();
      if (ended) return;
    }
  }

  // The next filled slot, or nullptr at the end.
  Slot* takeAhead() {
    std::unique_lock lock(mutex);
    if (current) free.push_back(current);
    changed.notify_all();
    changed.wait(lock, [this] { return !ready.empty() || ended; });
    if (ready.empty()) return nullptr;
    Slot* slot = ready.front();
    ready.erase(ready.begin());
    return slot;
  }

  Slot* takeHere() { return fill(slots.front()) ? &slots.front() : nullptr; }

  BlockMaker maker;
  std::vector<Slot> slots;
  Slot* current = nullptr;  // the caller's
  bool told = false;        // the failure, or the end

  std::mutex mutex;
  std::condition_variable_any changed;
  std::vector<Slot*> free;
  std::vector<Slot*> ready;
  bool ended = false;
  std::jthread thread;  // last: it stops before anything else goes
};

RecordStream::RecordStream(std::unique_ptr<feed::ByteStream> bytes, std::string name, Options options)
    : state_(std::make_unique<State>(std::move(bytes), std::move(name), options)) {
  if (options.readAhead) {
    state_->thread = std::jthread([state = state_.get()](const std::stop_token& stop) { state->run(stop); });
  }
}

RecordStream::~RecordStream() = default;

Result<std::unique_ptr<RecordStream>> RecordStream::open(const std::string& path, Options options) {
  auto bytes = openInParallel(path, options.readAhead ? std::thread::hardware_concurrency() : 1);
  if (!bytes) return std::unexpected(bytes.error());
  return std::make_unique<RecordStream>(std::move(*bytes), path, options);
}

Result<const RecordBlock*> RecordStream::next() {
  State& state = *state_;
  if (state.told) return nullptr;
  state.current = state.thread.joinable() ? state.takeAhead() : state.takeHere();
  if (state.current) return &state.current->block;
  state.told = true;
  if (state.maker.failure()) return std::unexpected(*state.maker.failure());
  return nullptr;
}

}  // namespace nightjar::app
