// A probing log, and the pieces of state in it. Nothing may crash or grow; what can be read must come back
// unchanged when it is packed and read once more.
#include <cstdlib>
#include <vector>

#include "probing/blocks/engine.h"
#include "probing/log/log.h"
#include "probing/log/record.h"

namespace {

using namespace nightjar;
using namespace nightjar::probe_log;

void require(bool holds) {
  if (!holds) std::abort();
}

void use(const Chunk& chunk) {
  if (!chunk.state.empty()) {
    blocks::Engine engine;
    const auto loaded = engine.load(chunk.state, blocks::Engine::Intake::kAll);
    require(loaded.has_value() == blocks::checkPiece(chunk.state).has_value());
    if (loaded) require(engine.save(0).size() <= chunk.state.size());
    return;
  }
  blocks::Engine engine;
  engine.adopt(chunk.outcomes);
  for (const auto& outcome : chunk.outcomes) engine.apply(outcome);
  const auto again =
      unpackChunk(RecordKind::kOutcomes, packOutcomes(chunk.from, chunk.until, chunk.outcomes));
  require(chunk.from == Time() || (again.has_value() && again->outcomes == chunk.outcomes));
}

// As a whole log, where checksums guard the chunks.
void whole(Bytes bytes) {
  auto reader = LogReader::open(bytes, "fuzz");
  if (!reader) return;
  for (size_t chunks = 0; chunks <= bytes.size(); ++chunks) {
    const auto chunk = reader->next();
    if (!chunk) continue;
    if (!*chunk) return;
    use(**chunk);
  }
  require(false);  // the reader does not get on
}

// As a body whose checksum is right.
void body(Bytes bytes) {
  for (const RecordKind kind : {RecordKind::kOutcomes, RecordKind::kState}) {
    const auto chunk = unpackChunk(kind, bytes);
    if (chunk && chunk->outcomes.size() + chunk->state.size() > 0) use(*chunk);
  }
  [[maybe_unused]] const auto header = unpackHeader(bytes);
}

// As what a body unpacks to.
void content(Bytes bytes) {
  std::vector<uint8_t> packed(16);
  packed[15] = 1;
  const auto state = packState(bytes);
  packed.insert(packed.end(), state.begin(), state.end());
  body(packed);
  if (!bytes.empty()) use({.state = {bytes.begin(), bytes.end()}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes bytes(data, size);
  whole(bytes);
  body(bytes);
  content(bytes);
  return 0;
}
