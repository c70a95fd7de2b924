// The state of some blocks as bytes (docs/blocks.md, "State").
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "probing/blocks/block.h"
#include "probing/blocks/engine.h"
#include "probing/blocks/space.h"

namespace nightjar::blocks {

class PieceWriter {
 public:
  PieceWriter(uint32_t piece, uint32_t pieces, uint32_t blocks);
  void put(const Block& slash24);
  void put(const Listed::Group& group, const Block& block);
  std::vector<uint8_t> finish() { return std::move(bytes_); }

 private:
  void putState(const Block& block);
  std::vector<uint8_t> bytes_;
};

// Reads one through. `slash24` is handed each IPv4 block with its number set, `listed` each group.
Result<PieceHead> readPiece(Bytes piece, const std::function<void(Block)>& slash24,
                            const std::function<void(Listed::Group, Block)>& listed);

}  // namespace nightjar::blocks
