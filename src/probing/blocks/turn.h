// Whom of a block to ask next, if anybody (docs/blocks.md, "Who is asked").
#pragma once

#include <cstdint>
#include <optional>

#include "probing/blocks/block.h"

namespace nightjar::blocks {

// Tells whether the slot holds an address that may be asked.
class Allowed {
 public:
  virtual ~Allowed() = default;
  virtual bool operator()(uint8_t slot) const = 0;
  // The same of an address that never answered.
  virtual bool asNew(uint8_t slot) const = 0;
};

// The slot to ask at `now`, in the block's turn or further on in its round; nothing when the round is over
// for this block, or the budget is. REQUIRES: block.turnTo(now) was called, and no probe of it is under way.
enum class Asks : uint8_t { kInTurn, kFurther };
std::optional<uint8_t> nextSlot(const Block& block, Asks asks, const Moment& now,
                                const Parameters& parameters, const Allowed& allowed);

}  // namespace nightjar::blocks
