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
// Those who measure, numbered from 0.
using ProberIndex = uint16_t;

// Which blocks are up is a count over all probers. Loss, delay and the replies of sparse blocks depend on
// where they are measured from: they are counted for each prober, and told of one, the lead of the entity. It
// leads as long as nobody watches more than twice as many of the entity's blocks; at first, that is the first
// one.
//
// Not thread-safe. The same calls give the same samples, whatever the order of those within a bin.
class EntityTally {
 public:
  // A share or a median of fewer probes than this says nothing, and is not written.
  static constexpr uint32_t kFewestProbes = 10;
  // Nor are loss and delay, when fewer of the awaited blocks are up: what is left is few, and is elsewhere.
  static constexpr double kLeastUp = 0.5;

  // The group of a place (kUnknownPlace and Asn{0} are nobody's; what is in neither counts for no entity).
  GroupIndex group(const geo::Place& place, Asn network);
  // A number that groups of one country share; 0 is "unknown".
  uint32_t countryOf(GroupIndex group) const { return groups_[group].country; }

  // Probes of hosts that are there, in a block that is up, and those that were lost.
  void countLoss(ProberIndex prober, GroupIndex group, uint32_t probes, uint32_t lost);
  // Once for each of the prober's trusted blocks that is up, or was not so long ago.
  void countAwaited(ProberIndex prober, GroupIndex group, bool up);
  // Of a sparse block: the replies that came, and as many as were to be expected.
  void countSparse(ProberIndex prober, GroupIndex group, double expected, uint32_t replies);
  void countRtt(ProberIndex prober, GroupIndex group, std::chrono::microseconds rtt);
  // Once for each of the prober's blocks at the end of a bin.
  void countWatched(ProberIndex prober, GroupIndex group) { ++told(prober, group).watched; }
  // Once for each block that is not sparse at the end of a bin: how surely its state is known, in [0, 1].
  void countBlock(Family family, GroupIndex group, double known, bool up) {
    Blocks& blocks = groups_[group].blocks[family == Family::kIpv6];
    ++blocks.all;
    blocks.known += known;
    blocks.up += up ? 1 : 0;
  }

  // Hands out the bin's samples, in an order that depends on the calls of group() alone, and begins the next
  // bin. `lines` are the healths of the probers' own lines, in [0, 1]; when all are 0 there are no samples.
  using Emit = std::function<void(const series::SeriesKey&, const series::Point&)>;
  void close(std::span<const double> lines, const Emit& emit);

 private:
  struct Blocks {
    uint32_t all = 0;
    uint32_t up = 0;
    double known = 0;
    double coverage() const { return all == 0 ? 0 : known / all; }
    void add(const Blocks& other);
  };
  using Families = std::array<Blocks, 2>;
  // What one prober tells.
  struct Told {
    uint32_t watched = 0;  // blocks
    uint32_t probes = 0;
    uint32_t lost = 0;
    uint32_t awaited = 0;  // blocks
    uint32_t up = 0;       // of these
    uint32_t sparseReplies = 0;
    double sparseExpected = 0;
    void add(const Told& other);
  };
  using EntityIndex = uint32_t;
  static constexpr size_t kMostEntities = 4;  // country, region, network, network in country
  struct Group {
    std::array<EntityIndex, kMostEntities> entities{};
    uint8_t entityCount = 0;
    uint32_t country = 0;
    Families blocks;
    std::span<const EntityIndex> of() const { return std::span(entities).first(entityCount); }
  };
  struct EntityState {
    Entity name;
    ProberIndex lead = 0;
  };
  // Round-trip times of a group that fall into one step of the scale; kept sorted and joined from time to
  // time, so that memory grows with what is different.
  struct RttCount {
    uint64_t key = 0;  // prober << 48 | group (or entity) << 16 | step
    uint32_t count = 0;
  };

  Told& told(ProberIndex prober, GroupIndex group);
  EntityIndex entity(const Entity& entity);
  void joinRtts();
  std::vector<Families> blocksByEntity();
  std::vector<std::vector<Told>> toldByEntity();
  std::vector<RttCount> rttsByEntity();
  void electLeads(const std::vector<std::vector<Told>>& told);

  std::map<std::tuple<std::string, std::string, Asn>, GroupIndex> groupIndex_;
  std::vector<Group> groups_;
  std::vector<std::vector<Told>> told_;  // by prober and group
  std::map<Entity, EntityIndex> entityIndex_;
  std::vector<EntityState> entities_;
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
