#include "detect/incident/observations.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "detect/incident/bursts.h"
#include "series/signals.h"

namespace nightjar::detect {
namespace {

Result<std::vector<Burst>> burstsIn(SeriesReader& reader, const JoiningParameters& parameters,
                                    const Entity& entity) {
  const auto updates = reader.read({std::string(series::kUpdates), entity});
  if (!updates) return std::unexpected(updates.error());
  return findBursts(*updates, parameters);
}

bool overlaps(Time a_from, Time a_until, Time b_from, Time b_until) {
  return a_from < b_until && b_from < a_until;
}

std::optional<size_t> fallOf(const Burst& burst, std::span<const PlaceFall> falls, Seconds near) {
  for (size_t i = 0; i < falls.size(); ++i) {
    if (overlaps(burst.start, burst.end, falls[i].first() - near, plus(falls[i].end(), near))) return i;
  }
  return std::nullopt;
}

// Without IPv4 in the country, its IPv6 has to be known.
bool spaceStood(const Burst& burst, const Place& country, const PlaceOutcome& outcome) {
  const std::string_view space = country.has(series::kVisible24) ? series::kVisible24 : series::kVisible48;
  return std::any_of(outcome.signals.begin(), outcome.signals.end(), [&](const JudgedSignal& judged) {
    return judged.signal->name == space && judged.judgedShare(burst.start, burst.end) == 1;
  });
}

Result<void> nameNetworks(SeriesReader& reader, const JoiningParameters& parameters,
                          std::span<const Place> parts, std::vector<CountryBurst>& bursts) {
  std::vector<std::vector<std::pair<double, Entity>>> networks(bursts.size());
  for (const Place& part : parts) {
    if (!part.has(series::kUpdates) || part.entity.kind() != EntityKind::kNetworkInCountry) continue;
    const auto own = burstsIn(reader, parameters, part.entity);
    if (!own) return std::unexpected(own.error());
    for (const Burst& burst : *own) {
      for (size_t i = 0; i < bursts.size(); ++i) {
        if (!overlaps(burst.start, burst.end, bursts[i].told.start, bursts[i].told.end)) continue;
        networks[i].emplace_back(-burst.peak, part.entity);
      }
    }
  }
  for (size_t i = 0; i < bursts.size(); ++i) {
    std::sort(networks[i].begin(), networks[i].end());
    for (auto& [peak, entity] : networks[i]) bursts[i].told.networks.push_back(std::move(entity));
  }
  return {};
}

}  // namespace

Result<std::vector<CountryBurst>> burstsOf(SeriesReader& reader, const JoiningParameters& parameters,
                                           const Place& country, std::span<const Place> parts,
                                           const PlaceOutcome& outcome, std::span<const PlaceFall> falls) {
  std::vector<CountryBurst> told;
  const auto bursts = burstsIn(reader, parameters, country.entity);
  if (!bursts) return std::unexpected(bursts.error());
  for (const Burst& burst : *bursts) {
    if (burst.start < outcome.from || burst.end > outcome.until) continue;
    const auto fall = fallOf(burst, falls, parameters.burst_near_incident);
    if (!fall && !spaceStood(burst, country, outcome)) continue;
    told.push_back({.told = {.entity = country.entity,
                             .name = reader.name(country.entity),
                             .start = burst.start,
                             .end = burst.end,
                             .baseline = burst.baseline,
                             .peak = burst.peak,
                             .peak_at = burst.peak_at,
                             .total = burst.total,
                             .coverage_min = burst.coverage_min},
                    .fall = fall});
  }
  if (told.empty()) return told;
  if (auto named = nameNetworks(reader, parameters, parts, told); !named)
    return std::unexpected(named.error());
  return told;
}

void dropCommonBursts(Report& report, const JoiningParameters& parameters) {
  std::map<Time, size_t> peaks;
  for (const Observation& one : report.observations) ++peaks[one.peak_at];
  for (const Incident& incident : report.incidents) {
    for (const Observation& one : incident.bursts) ++peaks[one.peak_at];
  }
  const auto common = [&](const Observation& one) {
    return peaks[one.peak_at] > parameters.burst_max_countries;
  };
  std::erase_if(report.observations, common);
  for (Incident& incident : report.incidents) std::erase_if(incident.bursts, common);
}

}  // namespace nightjar::detect
