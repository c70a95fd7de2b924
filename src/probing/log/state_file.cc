#include "probing/log/state_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <functional>

#include "probing/log/file.h"
#include "probing/log/record.h"

namespace nightjar::probe_log {
namespace {

// The format is that of a log without outcomes; the program's name in its header tells the two apart.
constexpr std::string_view kProgram = "nightjar state";

Result<void> writeTo(const File& file, const blocks::Engine& engine) {
  std::vector<uint8_t> bytes(kMagic.begin(), kMagic.end());
  Header header;
  header.program = kProgram;
  putRecord(bytes, RecordKind::kHeader, packHeader(header));
  uint64_t at = 0;
  for (size_t piece = 0; piece < engine.pieces(); ++piece) {
    putRecord(bytes, RecordKind::kState, packState(engine.save(piece)));
    if (auto written = file.writeAt(at, bytes); !written) return written;
    at += bytes.size();
    bytes.clear();
  }
  return file.sync();
}

// Hands each piece of the file to `take`, and makes sure that all of one state are there.
Result<void> readAll(const std::string& path, const std::function<Result<void>(Bytes)>& take) {
  auto reader = LogReader::open(path);
  if (!reader) return std::unexpected(reader.error());
  if (reader->header().program != kProgram) {
    return std::unexpected(Error{ErrorKind::kInvalid, "it is a probing log, not a state", path});
  }
  uint32_t expected = 0;
  uint32_t pieces = 1;
  for (;;) {
    const auto chunk = reader->next();
    if (!chunk) return std::unexpected(chunk.error());
    if (!*chunk) break;
    const auto head = blocks::checkPiece((*chunk)->state);
    const auto where = [&](Error error) {
      return std::unexpected(Error{error.kind, std::move(error.message), path, (*chunk)->offset});
    };
    if (!head) return where(head.error());
    if (head->piece != expected++ || (head->piece > 0 && head->pieces != pieces)) {
      return where({ErrorKind::kInvalid, "a piece of the state is out of place"});
    }
    pieces = head->pieces;
    if (auto taken = take((*chunk)->state); !taken) return where(taken.error());
  }
  if (reader->tornAt() || expected != pieces) {
    return std::unexpected(
        Error{ErrorKind::kTruncated, "the state ends before its last piece", path, reader->position()});
  }
  return {};
}

}  // namespace

Result<void> saveState(const blocks::Engine& engine, const std::string& path) {
  const std::string unfinished = path + "-new";
  auto saved = [&]() -> Result<void> {
    const auto file = File::open(unfinished, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file) return std::unexpected(file.error());
    if (auto written = writeTo(*file, engine); !written) return written;
    return rename(unfinished, path, true);
  }();
  if (!saved) ::unlink(unfinished.c_str());
  return saved;
}

Result<void> loadState(blocks::Engine& engine, const std::string& path, blocks::Engine::Intake intake) {
  if (auto whole = readAll(path, [](Bytes) -> Result<void> { return {}; }); !whole) return whole;
  return readAll(path, [&](Bytes piece) { return engine.load(piece, intake); });
}

}  // namespace nightjar::probe_log
