#include "detect/observations.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "detect/bursts.h"
#include "series/signals.h"

namespace nightjar::detect {
namespace {

Result<std::vector<Burst>> burstsOf(SeriesReader& reader, const JoiningParameters& parameters,
                                    const Entity& entity) {
  const auto updates = reader.read({std::string(series::kUpdates), entity});
  if (!updates) return std::unexpected(updates.error());
  return findBursts(*updates, parameters);
}

bool overlaps(Time a_from, Time a_until, Time b_from, Time b_until) {
  return a_from < b_until && b_from < a_until;
}

// Without IPv4 in the country, its IPv6 has to be known.
bool spaceStood(const Burst& burst, const Place& country, const PlaceOutcome& outcome,
                std::span<const PlaceFall> falls, Seconds near) {
  if (burst.start < outcome.from || burst.end > outcome.until) return false;
  for (const PlaceFall& fall : falls) {
    if (overlaps(burst.start, burst.end, fall.first() - near, plus(fall.end(), near))) return false;
  }
  const std::string_view space = country.has(series::kVisible24) ? series::kVisible24 : series::kVisible48;
  return std::any_of(outcome.signals.begin(), outcome.signals.end(), [&](const JudgedSignal& judged) {
    return judged.signal->name == space && judged.judgedShare(burst.start, burst.end) == 1;
  });
}

}  // namespace

Result<std::vector<Observation>> observe(SeriesReader& reader, const JoiningParameters& parameters,
                                         const Place& country, std::span<const Place> parts,
                                         const PlaceOutcome& outcome, std::span<const PlaceFall> falls) {
  std::vector<Observation> observations;
  const auto bursts = burstsOf(reader, parameters, country.entity);
  if (!bursts) return std::unexpected(bursts.error());
  for (const Burst& burst : *bursts) {
    if (!spaceStood(burst, country, outcome, falls, parameters.burst_near_incident)) continue;
    observations.push_back({.entity = country.entity,
                            .name = reader.name(country.entity),
                            .start = burst.start,
                            .end = burst.end,
                            .baseline = burst.baseline,
                            .peak = burst.peak,
                            .peak_at = burst.peak_at,
                            .total = burst.total,
                            .coverage_min = burst.coverage_min});
  }
  if (observations.empty()) return observations;

  std::vector<std::vector<std::pair<double, Entity>>> networks(observations.size());
  for (const Place& part : parts) {
    if (!part.has(series::kUpdates) || part.entity.kind() != EntityKind::kNetworkInCountry) continue;
    const auto own = burstsOf(reader, parameters, part.entity);
    if (!own) return std::unexpected(own.error());
    for (const Burst& burst : *own) {
      for (size_t i = 0; i < observations.size(); ++i) {
        if (!overlaps(burst.start, burst.end, observations[i].start, observations[i].end)) continue;
        networks[i].emplace_back(-burst.peak, part.entity);
      }
    }
  }
  for (size_t i = 0; i < observations.size(); ++i) {
    std::sort(networks[i].begin(), networks[i].end());
    for (auto& [peak, entity] : networks[i]) observations[i].networks.push_back(std::move(entity));
  }
  return observations;
}

void dropCommon(std::vector<Observation>& observations, const JoiningParameters& parameters) {
  std::map<Time, size_t> peaks;
  for (const Observation& one : observations) ++peaks[one.peak_at];
  std::erase_if(observations,
                [&](const Observation& one) { return peaks[one.peak_at] > parameters.burst_max_countries; });
}

}  // namespace nightjar::detect
