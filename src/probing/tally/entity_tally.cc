#include "probing/tally/entity_tally.h"

#include <algorithm>
#include <cmath>

#include "series/signals.h"

namespace nightjar::tally {
namespace {

// Steps of the scale of round-trip times grow by 1/64 each (a median is right to 0.8 %), from 1 microsecond.
constexpr double kStepFactor = 1.0 + 1.0 / 64;
constexpr double kLongest = 120e6;  // microseconds; no probe waits that long

double stepStart(double step) {
  return std::pow(kStepFactor, step);
}

constexpr size_t kJoinAt = size_t{1} << 20;

}  // namespace

uint16_t rttStepOf(std::chrono::microseconds rtt) {
  const double micros = std::clamp(static_cast<double>(rtt.count()), 1.0, kLongest);
  static const double kScale = 1 / std::log(kStepFactor);
  return static_cast<uint16_t>(std::log(micros) * kScale);
}

double rttQuantile(std::span<const RttStep> steps, double share) {
  uint64_t total = 0;
  for (const RttStep& step : steps) total += step.count;
  const double rank = share * static_cast<double>(total);
  double before = 0;
  for (const RttStep& step : steps) {
    if (before + step.count >= rank) {
      const double within = (rank - before) / step.count;
      return stepStart(step.step + within) / 1000;
    }
    before += step.count;
  }
  return stepStart(steps.back().step + 1.0) / 1000;
}

void EntityTally::Counts::add(const Counts& other) {
  for (size_t family = 0; family < blocks.size(); ++family) {
    blocks[family].all += other.blocks[family].all;
    blocks[family].known += other.blocks[family].known;
    blocks[family].up += other.blocks[family].up;
  }
  probes += other.probes;
  lost += other.lost;
  sparseReplies += other.sparseReplies;
  sparseExpected += other.sparseExpected;
  led += other.led;
  leads += other.leads;
}

EntityTally::EntityIndex EntityTally::entity(const Entity& entity) {
  const auto [known, added] = entityIndex_.try_emplace(entity, static_cast<EntityIndex>(entities_.size()));
  if (added) entities_.push_back(entity);
  return known->second;
}

GroupIndex EntityTally::group(const geo::Place& place, Asn network) {
  const auto [known, added] = groupIndex_.try_emplace({place.country, place.region, network},
                                                      static_cast<GroupIndex>(groups_.size()));
  if (!added) return known->second;
  Group group;
  const auto add = [&](const Entity& name) { group.entities[group.entityCount++] = entity(name); };
  if (!place.country.empty()) {
    add(Entity::country(place.country));
    if (!place.region.empty()) add(Entity::region(place.region));
    if (network != Asn{}) add(Entity::networkInCountry(network, place.country));
    group.country =
        countries_.try_emplace(place.country, static_cast<uint32_t>(countries_.size() + 1)).first->second;
  }
  if (network != Asn{}) add(Entity::network(network));
  groups_.push_back(group);
  return known->second;
}

void EntityTally::countRtt(GroupIndex group, std::chrono::microseconds rtt) {
  rtts_.push_back({uint64_t{group} << 16 | rttStepOf(rtt), 1});
  if (rtts_.size() >= joined_ + kJoinAt) joinRtts();
}

namespace {

template <typename Count>
void sortAndJoin(std::vector<Count>& counts) {
  std::sort(counts.begin(), counts.end(), [](const Count& a, const Count& b) { return a.key < b.key; });
  size_t kept = 0;
  for (const Count& count : counts) {
    if (kept > 0 && counts[kept - 1].key == count.key) {
      counts[kept - 1].count += count.count;
    } else {
      counts[kept++] = count;
    }
  }
  counts.resize(kept);
}

}  // namespace

void EntityTally::joinRtts() {
  sortAndJoin(rtts_);
  joined_ = rtts_.size();
}

std::vector<EntityTally::RttCount> EntityTally::rttsByEntity() {
  joinRtts();
  std::vector<RttCount> all;
  for (const RttCount& rtt : rtts_) {
    const Group& group = groups_[rtt.key >> 16];
    for (size_t i = 0; i < group.entityCount; ++i) {
      all.push_back({uint64_t{group.entities[i]} << 16 | (rtt.key & 0xffff), rtt.count});
    }
  }
  sortAndJoin(all);
  rtts_.clear();
  joined_ = 0;
  return all;
}

void EntityTally::emitCounts(const Entity& entity, const Counts& counts, double uplink,
                             const Emit& emit) const {
  const auto put = [&](std::string_view signal, double value, double coverage) {
    if (coverage > 0) emit({std::string(signal), entity}, {value, static_cast<float>(coverage)});
  };
  if (counts.sparseExpected >= kFewestProbes) {
    put(series::kSparse, counts.sparseReplies / counts.sparseExpected, uplink * counts.coverage());
  }
  put(series::kUp24, counts.blocks[0].up, uplink * counts.blocks[0].coverage());
  put(series::kUp48, counts.blocks[1].up, uplink * counts.blocks[1].coverage());
  if (counts.probes >= kFewestProbes) {
    put(series::kLoss, static_cast<double>(counts.lost) / counts.probes, uplink * counts.coverage());
  }
}

void EntityTally::close(double uplink, const Emit& emit) {
  std::vector<Counts> sums(entities_.size());
  for (Group& group : groups_) {
    for (size_t i = 0; i < group.entityCount; ++i) sums[group.entities[i]].add(group.counts);
    group.counts = {};
  }
  const std::vector<RttCount> rtts = rttsByEntity();
  if (uplink <= 0) return;
  auto rtt = rtts.begin();
  std::vector<RttStep> steps;
  for (EntityIndex index = 0; index < entities_.size(); ++index) {
    emitCounts(entities_[index], sums[index], uplink, emit);
    steps.clear();
    uint64_t answers = 0;
    for (; rtt != rtts.end() && rtt->key >> 16 == index; ++rtt) {
      steps.push_back({static_cast<uint16_t>(rtt->key & 0xffff), rtt->count});
      answers += rtt->count;
    }
    const auto coverage = static_cast<float>(uplink * sums[index].coverage());
    if (answers < kFewestProbes || coverage <= 0) continue;
    emit({std::string(series::kRtt), entities_[index]}, {rttQuantile(steps, 0.5), coverage});
    emit({std::string(series::kRttSpread), entities_[index]},
         {rttQuantile(steps, 0.75) - rttQuantile(steps, 0.25), coverage});
  }
}

}  // namespace nightjar::tally
