// Counts what blocks and probes say, by entity, bin by bin.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "base/address.h"
#include "base/asn.h"
#include "base/entity.h"
#include "geo/geo_map.h"
#include "series/series.h"

namespace nightjar::tally {

// Blocks of one place and one network: they count for the same entities.
using GroupIndex = uint32_t;

// Not thread-safe. The same calls give the same samples, whatever the order of those within a bin.
class EntityTally {
 public:
  // A share or a median of fewer probes than this says nothing, and is not written.
  static constexpr uint32_t kFewestProbes = 10;

  // The group of a place (kUnknownPlace and Asn{0} are nobody's; what is in neither counts for no entity).
  GroupIndex group(const geo::Place& place, Asn network);
  // A number that groups of one country share; 0 is "unknown".
  uint32_t countryOf(GroupIndex group) const { return groups_[group].country; }

  // Probes of addresses that answered not long ago, in a block that is up, and those that were not answered.
  void countLoss(GroupIndex group, uint32_t probes, uint32_t lost) {
    groups_[group].counts.probes += probes;
    groups_[group].counts.lost += lost;
  }
  // Of a sparse block: the replies that came, and as many as were to be expected.
  void countSparse(GroupIndex group, double expected, uint32_t replies) {
    groups_[group].counts.sparseExpected += expected;
    groups_[group].counts.sparseReplies += replies;
  }
  void countRtt(GroupIndex group, std::chrono::microseconds rtt);
  // Once for each block that is not sparse, at the end of a bin: how surely its state is known, in [0, 1].
  void countBlock(Family family, GroupIndex group, double known, bool up) {
    Blocks& blocks = groups_[group].counts.blocks[family == Family::kIpv6];
    ++blocks.all;
    blocks.known += known;
    blocks.up += up ? 1 : 0;
  }
  // Once for each block at the end of a bin: the weight of the prober that tells its loss, its delay and its
  // sparse replies, in [0, 1].
  void countLead(GroupIndex group, double weight) {
    ++groups_[group].counts.led;
    groups_[group].counts.leads += weight;
  }

  // Hands out the bin's samples, in an order that depends on the calls of group() alone, and begins the next
  // bin. `uplink` in [0, 1] is the health of the prober's own line, of several the best; with 0 there are no
  // samples.
  using Emit = std::function<void(const series::SeriesKey&, const series::Point&)>;
  void close(double uplink, const Emit& emit);

 private:
  struct Blocks {
    uint32_t all = 0;
    uint32_t up = 0;
    double known = 0;
    double coverage() const { return all == 0 ? 0 : known / all; }
  };
  struct Counts {
    std::array<Blocks, 2> blocks;  // by family
    uint32_t probes = 0;
    uint32_t lost = 0;
    uint32_t sparseReplies = 0;
    double sparseExpected = 0;
    uint32_t led = 0;
    double leads = 0;
    double coverage() const { return led == 0 ? 0 : leads / led; }
    void add(const Counts& other);
  };
  using EntityIndex = uint32_t;
  static constexpr size_t kMostEntities = 4;  // country, region, network, network in country
  struct Group {
    std::array<EntityIndex, kMostEntities> entities{};
    uint8_t entityCount = 0;
    uint32_t country = 0;
    Counts counts;
  };
  // Round-trip times of a group that fall into one step of the scale; kept sorted and joined from time to
  // time, so that memory grows with what is different.
  struct RttCount {
    uint64_t key = 0;  // group (or entity) << 16 | step
    uint32_t count = 0;
  };

  EntityIndex entity(const Entity& entity);
  void joinRtts();
  std::vector<RttCount> rttsByEntity();
  void emitCounts(const Entity& entity, const Counts& counts, double uplink, const Emit& emit) const;

  std::map<std::tuple<std::string, std::string, Asn>, GroupIndex> groupIndex_;
  std::vector<Group> groups_;
  std::map<Entity, EntityIndex> entityIndex_;
  std::vector<Entity> entities_;
  std::map<std::string, uint32_t> countries_;
  std::vector<RttCount> rtts_;  // the first joined_ of them sorted by key, each once
  size_t joined_ = 0;
};

// The value at `share` (0.5: the median) of the counts in steps of one entity, interpolated within its step;
// in milliseconds. For tests; REQUIRES: some count.
struct RttStep {
  uint16_t step = 0;
  uint32_t count = 0;
};
double rttQuantile(std::span<const RttStep> steps, double share);
uint16_t rttStepOf(std::chrono::microseconds rtt);

}  // namespace nightjar::tally
