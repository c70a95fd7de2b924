// The MRT records of one file, read ahead by a thread of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "routing/feed/byte_stream.h"
#include "routing/wire/finding.h"
#include "routing/wire/mrt.h"

namespace nightjar::app {

// Whole records that lie back to back.
struct RecordRun {
  Bytes bytes;
  uint64_t offset = 0;  // of the first of them, in decompressed bytes from the start of the file
};

// A piece of a file: one run of records, or several with the damage between them left out.
struct RecordBlock {
  std::vector<RecordRun> runs;
  std::vector<wire::Finding> findings;    // the damage, in the order of the file
  std::optional<uint64_t> truncatedTail;  // where the last record begins if the file ends inside it, which is
                                          // normal for a file that is still being written; last block only

  // Calls visit(const wire::MrtRecord&) for each record, in the order of the file.
  template <typename Visit>
  void forEach(Visit&& visit) const;
};

// Use:
//   auto stream = RecordStream::open(path);              // its thread begins to read
//   for (;;) {
//     const auto block = (*stream)->next();
//     if (!block) ... the file is damaged for good: block.error() says where; what came before it stands
//     if (!*block) break;                                // the end
//     (*block)->forEach([&](const wire::MrtRecord& record) { ... });
//   }
// Several streams may run side by side, each used by one thread at a time. The blocks are the same with and
// without the thread. Memory: `blocks` times `blockSize`; where records are longer than half of that,
// `blocks` times at most 2 * wire::kMaxRecordLength.
class RecordStream {
 public:
  struct Options {
    bool readAhead = true;  // false: next() itself reads, on the caller's thread; true also decodes the
                            // blocks of a bzip2 file side by side
    size_t blockSize = size_t{1} << 20;  // bytes; a record that is larger makes its block grow
    size_t blocks = 16;                  // how many blocks may be held at a time; at least 2 with readAhead
  };

  // Fails as feed::openFile does.
  static Result<std::unique_ptr<RecordStream>> open(const std::string& path, Options options);
  static Result<std::unique_ptr<RecordStream>> open(const std::string& path) { return open(path, Options{}); }
  // Over any bytes; `name` stands for the path in errors.
  RecordStream(std::unique_ptr<feed::ByteStream> bytes, std::string name, Options options);
  // Stops the thread after the piece that it is reading at the moment.
  ~RecordStream();
  RecordStream(const RecordStream&) = delete;
  RecordStream& operator=(const RecordStream&) = delete;

  // The next block, valid until the next call or the end of the stream; nullptr at the end of the file. A
  // file without any bytes is legal and has no block: collectors write one when nothing happened. Fails, once
  // and after all good blocks, with what ByteStream::read failed with; with kInvalid when the file has bytes
  // but no record; with kLimit when 16 MiB on end hold no record that Nightjar decodes, so that garbage which
  // decompresses to any size takes neither memory nor much time. After a failure: nullptr.
  Result<const RecordBlock*> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

namespace internal {
// The record at the front of `bytes`. REQUIRES: it is whole.
inline wire::MrtRecord recordAt(const uint8_t* p, uint64_t offset) {
  wire::MrtRecord record;
  record.seconds = loadU32(p);
  record.type = loadU16(p + 4);
  record.subtype = loadU16(p + 6);
  record.offset = offset;
  record.raw = {p, wire::kMrtHeaderSize + loadU32(p + 8)};
  record.body = record.raw.subspan(wire::kMrtHeaderSize);
  if (record.type == static_cast<uint16_t>(wire::MrtType::kBgp4mpEt) && record.body.size() >= 4) {
    record.microseconds = loadU32(record.body.data());
    record.body = record.body.subspan(4);
  }
  return record;
}
}  // namespace internal

template <typename Visit>
void RecordBlock::forEach(Visit&& visit) const {
  for (const auto& run : runs) {
    for (size_t at = 0; at < run.bytes.size();) {
      const wire::MrtRecord record = internal::recordAt(run.bytes.data() + at, run.offset + at);
      at += record.raw.size();
      visit(record);
    }
  }
}

}  // namespace nightjar::app
