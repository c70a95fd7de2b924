// What one prober has seen: its blocks within a bin, and the health of its own line.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/time.h"
#include "probing/blocks/engine.h"
#include "probing/tally/entity_tally.h"

namespace nightjar::tally {

// A state that nobody asked about for so long is not known: three rounds.
inline constexpr Seconds kKnownFor = std::chrono::minutes(30);

// A block that has been down for so long has moved, or was given up.
inline constexpr Seconds kAwaitedFor = std::chrono::hours(24 * 30);

// When the uplink's health in a bin was less, or a bin was left out, hosts have come and gone unseen: whether
// an address that answered when it was asked last is silent by loss is not known before all have been asked
// anew, which takes six rounds (blocks/block.h). No loss is told until then.
inline constexpr double kLeastUplink = 0.5;
inline constexpr int kRoundsToAskAnew = 6;

// What one of the prober's own reference targets answered within a bin.
struct ReferenceTally {
  Address address;
  uint64_t asked = 0;
  uint64_t answered = 0;
};

// Names a block for all vantage points: a /24 by its first 24 bits, a group of IPv6 addresses by the 48 bits
// of its prefix. Of several groups of one prefix the first of one prober is taken for that of another, and so
// on.
using BlockKey = uint64_t;

// Made by Instrument::join(). Not thread-safe.
class Vantage {
 public:
  using GroupOf = std::function<GroupIndex(const Address&)>;
  // `engine` and `tally`, which knows the prober by `self`, must outlive the object; groups are those of
  // `tally`.
  Vantage(const blocks::Engine& engine, EntityTally& tally, ProberIndex self, GroupOf groupOf);

  // An outcome (as its log has it), and what the engine made of it.
  void count(const blocks::Outcome& outcome, const blocks::Settled& settled);
  // The block counts for nobody any more.
  void drop(uint32_t block);

  // For the watch over the uplink: the number of the block's country; 0 is "unknown".
  uint32_t countryOf(uint32_t block) const { return tally_.countryOf(blocks_[block].group); }
  // The health of the prober's uplink in the last closed bin that had an outcome, in [0, 1], and what it is
  // drawn from.
  double lastUplink() const { return lastUplink_; }
  std::span<const ReferenceTally> lastReferences() const { return lastReferences_; }

  // --- For the instrument. Places are those of the blocks in the order of their keys.
  // Takes in what was added to the engine.
  void renumber();
  uint32_t size() const { return static_cast<uint32_t>(blocks_.size()); }
  BlockKey keyAt(uint32_t place) const { return keyOf(indexOf(place)); }
  // The prober's own line at the end of a bin: its health, in [0, 1].
  double closeLine(Time start, Time end);
  // A bin or more was left out: up to then nothing is known.
  void askAnewFrom(Time time);
  // Once the line is closed: counts what the prober alone tells of the block (loss, sparse replies), and says
  // what it knows of its state.
  struct View {
    Family family = Family::kIpv4;
    GroupIndex group = 0;
    blocks::Standing standing = blocks::Standing::kLearning;
    bool up = false;
    bool known = false;  // it was asked not long ago, and its state is one
    bool anew = false;   // it was asked since the line was last down
  };
  View closeBlock(uint32_t place);

 private:
  // What is counted of a block within a bin, and what is known of it besides the engine's state.
  struct Block {
    uint32_t number = 0;  // of the /24; 0 for a group of IPv6 addresses
    GroupIndex group = 0;
    uint32_t heard = 0;  // when it was last asked, in minutes since the epoch; 0: never
    float expected = 0;  // that is, replies of addresses that were seen to answer
    uint8_t replies = 0;
    uint8_t again = 0;  // of steady addresses that had answered the last time (blocks::Passage)
    uint8_t lost = 0;   // likewise: that had missed once
  };
  static_assert(sizeof(Block) == 20, "there are millions of them");

  uint32_t indexOf(uint32_t place) const {
    return place < slash24s_ ? place : groupOrder_[place - slash24s_];
  }
  BlockKey keyOf(uint32_t index) const;
  double uplink() const;
  void countReference(const Address& address, bool answered);
  Block newBlock(const Prefix& prefix) const;
  void orderGroups();

  const blocks::Engine& engine_;
  EntityTally& tally_;
  ProberIndex self_;
  GroupOf groupOf_;
  std::vector<Block> blocks_;  // by the engine's numbers
  uint32_t slash24s_ = 0;      // of blocks_: those of IPv4, which come first, in the order of their keys
  std::vector<uint32_t> groupOrder_;        // the numbers of the others, by key
  uint64_t outcomes_ = 0;                   // in this bin
  bool anyReference_ = false;               // ever
  std::vector<ReferenceTally> references_;  // asked in this bin; a handful
  double lastUplink_ = 0;
  std::vector<ReferenceTally> lastReferences_;
  uint32_t now_ = 0;        // the closed bin's end, in minutes
  uint32_t goodSince_ = 0;  // in minutes: in no bin since was the line down
  Time lossFrom_ = Time::min();
  bool lossTold_ = true;
};

}  // namespace nightjar::tally
