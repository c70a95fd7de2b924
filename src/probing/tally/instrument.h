// From outcomes of probes to samples: the same live and in a replay of the log.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/asn.h"
#include "geo/geo_map.h"
#include "probing/blocks/engine.h"
#include "probing/tally/entity_tally.h"

namespace nightjar::tally {

// A state that nobody asked about for so long is not known: three rounds.
inline constexpr Seconds kKnownFor = std::chrono::minutes(30);

// When the uplink's health in a bin was less, or a bin was left out, hosts have come and gone unseen: whether
// an address that answered when it was asked last is silent by loss is not known before all have been asked
// anew, which takes six rounds (blocks/block.h). No loss is told until then.
inline constexpr double kLeastUplink = 0.5;
inline constexpr int kRoundsToAskAnew = 6;

using EntitySample = std::pair<series::SeriesKey, series::Point>;

// What one of the prober's own reference targets answered within a bin.
struct ReferenceTally {
  Address address;
  uint64_t asked = 0;
  uint64_t answered = 0;
};

// Use: for each chunk of a log (or of the seconds that pass), advance() to its begin, count() its outcomes,
// advance() to its end.
// Not thread-safe. docs/probing.md tells what is counted.
class Instrument {
 public:
  // The network that originates an address; Asn{0}: unknown.
  using OriginOf = std::function<Asn(const Address&)>;
  // Takes the samples of one bin; bins come in ascending order. An error ends advance().
  using Sink = std::function<Result<void>(Bin, std::span<const EntitySample>)>;

  // `engine` and `geo` must outlive the object.
  Instrument(const blocks::Engine& engine, const geo::GeoMap& geo, OriginOf originOf, BinWidth width,
             Sink sink);

  // An outcome (as its log has it), and what the engine made of it.
  void count(const blocks::Outcome& outcome, const blocks::Settled& settled);
  // Everything that was settled before `until` has been counted: closes the bins that end by then.
  Result<void> advance(Time until);
  // The bin in hand ends early: no more comes.
  Result<void> finish();

  // The health of the prober's uplink in the last closed bin that had an outcome, in [0, 1], and what it is
  // drawn from.
  double lastUplink() const { return lastUplink_; }
  std::span<const ReferenceTally> lastReferences() const { return lastReferences_; }

  // For the watch over the uplink: the number of the block's country; 0 is "unknown".
  uint32_t countryOf(uint32_t block) const { return tally_.countryOf(blocks_[block].group); }
  // Blocks were added to the engine.
  void renumber();
  // The block counts for nobody any more.
  void drop(uint32_t block) { blocks_[block].group = nobody_; }

 private:
  // What is counted of a block within a bin, and what is known of it besides the engine's state.
  struct Block {
    uint32_t number = 0;  // of the /24; 0 for a group of IPv6 addresses
    GroupIndex group = 0;
    uint32_t heard = 0;  // when it was last asked, in minutes since the epoch; 0: never
    float expected = 0;  // that is, replies of addresses that were seen to answer
    uint8_t replies = 0;
    uint8_t recent = 0;  // of addresses that answered not long ago
    uint8_t lost = 0;
  };
  static_assert(sizeof(Block) == 20, "there are millions of them");

  Result<void> close();
  void askAnewFrom(Time time);
  double uplink() const;
  void countReference(const Address& address, bool answered);
  Block newBlock(const Prefix& prefix);

  const blocks::Engine& engine_;
  const geo::GeoMap& geo_;
  OriginOf originOf_;
  BinWidth width_;
  Sink sink_;
  EntityTally tally_;
  GroupIndex nobody_;
  std::vector<Block> blocks_;  // by the engine's numbers
  size_t slash24s_ = 0;        // of blocks_: those of IPv4, which come first
  std::optional<Bin> bin_;
  Time lossFrom_ = Time::min();
  bool anyReference_ = false;               // ever
  std::vector<ReferenceTally> references_;  // asked in this bin; a handful
  double lastUplink_ = 0;
  std::vector<ReferenceTally> lastReferences_;
  uint64_t outcomes_ = 0;
  std::vector<EntitySample> samples_;
};

}  // namespace nightjar::tally
