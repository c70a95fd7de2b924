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

void EntityTally::Blocks::add(const Blocks& other) {
  all += other.all;
  up += other.up;
  known += other.known;
}

void EntityTally::Told::add(const Told& other) {
  watched += other.watched;
  probes += other.probes;
  lost += other.lost;
  awaited += other.awaited;
  up += other.up;
  sparseReplies += other.sparseReplies;
  sparseExpected += other.sparseExpected;
}

EntityTally::EntityIndex EntityTally::entity(const Entity& entity) {
  const auto [known, added] = entityIndex_.try_emplace(entity, static_cast<EntityIndex>(entities_.size()));
  if (added) entities_.push_back({entity});
  return known->second;
}

EntityTally::Told& EntityTally::told(ProberIndex prober, GroupIndex group) {
  if (told_.size() <= prober) told_.resize(prober + size_t{1});
  if (told_[prober].size() <= group) told_[prober].resize(groups_.size());
  return told_[prober][group];
}

void EntityTally::countLoss(ProberIndex prober, GroupIndex group, uint32_t probes, uint32_t lost) {
  Told& counts = told(prober, group);
  counts.probes += probes;
  counts.lost += lost;
}

void EntityTally::countAwaited(ProberIndex prober, GroupIndex group, bool up) {
  Told& counts = told(prober, group);
  ++counts.awaited;
  counts.up += up ? 1 : 0;
}

void EntityTally::countSparse(ProberIndex prober, GroupIndex group, double expected, uint32_t replies) {
  Told& counts = told(prober, group);
  counts.sparseExpected += expected;
  counts.sparseReplies += replies;
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

void EntityTally::countRtt(ProberIndex prober, GroupIndex group, std::chrono::microseconds rtt) {
  rtts_.push_back({uint64_t{prober} << 48 | uint64_t{group} << 16 | rttStepOf(rtt), 1});
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

std::vector<EntityTally::Families> EntityTally::blocksByEntity() {
  std::vector<Families> sums(entities_.size());
  for (Group& group : groups_) {
    for (const EntityIndex index : group.of()) {
      for (size_t family = 0; family < group.blocks.size(); ++family) {
        sums[index][family].add(group.blocks[family]);
      }
    }
    group.blocks = {};
  }
  return sums;
}

std::vector<std::vector<EntityTally::Told>> EntityTally::toldByEntity() {
  std::vector<std::vector<Told>> sums;
  for (std::vector<Told>& byGroup : told_) {
    std::vector<Told>& byEntity = sums.emplace_back(entities_.size());
    for (size_t group = 0; group < byGroup.size(); ++group) {
      for (const EntityIndex index : groups_[group].of()) byEntity[index].add(byGroup[group]);
      byGroup[group] = {};
    }
  }
  return sums;
}

// Of the leads alone, by entity.
std::vector<EntityTally::RttCount> EntityTally::rttsByEntity() {
  joinRtts();
  std::vector<RttCount> all;
  for (const RttCount& rtt : rtts_) {
    const auto prober = static_cast<ProberIndex>(rtt.key >> 48);
    for (const EntityIndex index : groups_[static_cast<GroupIndex>(rtt.key >> 16)].of()) {
      if (entities_[index].lead == prober)
        all.push_back({uint64_t{index} << 16 | (rtt.key & 0xffff), rtt.count});
    }
  }
  sortAndJoin(all);
  rtts_.clear();
  joined_ = 0;
  return all;
}

void EntityTally::electLeads(const std::vector<std::vector<Told>>& told) {
  if (told.empty()) return;
  for (EntityIndex index = 0; index < entities_.size(); ++index) {
    const auto watched = [&told, index](size_t prober) { return uint64_t{told[prober][index].watched}; };
    size_t most = 0;
    for (size_t prober = 1; prober < told.size(); ++prober) {
      if (watched(prober) > watched(most)) most = prober;
    }
    ProberIndex& lead = entities_[index].lead;
    if (watched(most) > 2 * watched(lead)) lead = static_cast<ProberIndex>(most);
  }
}

void EntityTally::close(std::span<const double> lines, const Emit& emit) {
  const std::vector<Families> blocks = blocksByEntity();
  const std::vector<std::vector<Told>> told = toldByEntity();
  electLeads(told);
  const std::vector<RttCount> rtts = rttsByEntity();
  const double best = lines.empty() ? 0 : std::ranges::max(lines);
  auto rtt = rtts.begin();
  std::vector<RttStep> steps;
  for (EntityIndex index = 0; index < entities_.size(); ++index) {
    const auto& [name, lead] = entities_[index];
    const auto put = [&](std::string_view signal, double value, double coverage) {
      if (coverage > 0) emit({std::string(signal), name}, {value, static_cast<float>(coverage)});
    };
    const double line = lead < lines.size() ? lines[lead] : 0;
    const Told counts = told.empty() ? Told() : told[lead][index];
    if (counts.sparseExpected >= kFewestProbes) {
      put(series::kSparse, counts.sparseReplies / counts.sparseExpected, line);
    }
    put(series::kUp24, blocks[index][0].up, best * blocks[index][0].coverage());
    put(series::kUp48, blocks[index][1].up, best * blocks[index][1].coverage());
    const bool there = counts.up >= kLeastUp * counts.awaited;
    if (there && counts.probes >= kFewestProbes) {
      put(series::kLoss, std::min(static_cast<double>(counts.lost) / counts.probes, 1.0), line);
    }
    steps.clear();
    uint64_t answers = 0;
    for (; rtt != rtts.end() && rtt->key >> 16 == index; ++rtt) {
      steps.push_back({static_cast<uint16_t>(rtt->key & 0xffff), rtt->count});
      answers += rtt->count;
    }
    if (!there || answers < kFewestProbes) continue;
    put(series::kRtt, rttQuantile(steps, 0.5), line);
    put(series::kRttSpread, rttQuantile(steps, 0.75) - rttQuantile(steps, 0.25), line);
  }
}

}  // namespace nightjar::tally
