#include "detect/judge.h"

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "detect/incident_builder.h"
#include "detect/observations.h"
#include "detect/place.h"
#include "detect/place_judge.h"
#include "series/signals.h"

namespace nightjar::detect {
namespace {

// A country with its regions and networks; or, without a country, the networks of the world.
struct Group {
  std::optional<Place> country;
  std::vector<Place> parts;
};

// A part of a network that fell in a country that stands.
struct LonePart {
  Place place;
  PlaceAnomalies anomalies;
  Time until;
};

void mark(Place& place, std::string_view signal) {
  struct Row {
    std::string_view signal;
    bool Place::*field;
  };
  constexpr Row kRows[] = {
      {series::kVisible24, &Place::visible24}, {series::kVisible48, &Place::visible48},
      {series::kMoved24, &Place::moved24},     {series::kMoved48, &Place::moved48},
      {series::kUpdates, &Place::updates},
  };
  for (const Row& row : kRows) {
    if (signal == row.signal) place.*row.field = true;
  }
}

bool belongsTo(const Entity& entity, const std::optional<Entity>& only) {
  if (!only || entity == *only) return true;
  if (only->kind() == EntityKind::kCountry) return entity.countryCode() == only->countryCode();
  return only->kind() == EntityKind::kNetwork && entity.asn() == only->asn();
}

bool overlap(const Anomaly& a, const Anomaly& b) {
  return a.onset < b.end.value_or(Time::max()) && b.onset < a.end.value_or(Time::max());
}

class Judge {
 public:
  Judge(SeriesReader& reader, const JudgeOptions& options, Rule& rule)
      : reader_(reader),
        options_(options),
        parameters_(options.parameters),
        places_(reader, rule, options.parameters),
        builder_(reader, options.parameters, rule.countsMoves()) {}

  Result<Report> run() {
    auto groups = readGroups();
    if (!groups) return std::unexpected(groups.error());
    for (const auto& [code, group] : *groups) {
      if (code.empty()) continue;
      if (auto judged = judgeCountry(group); !judged) return std::unexpected(judged.error());
    }
    if (const auto networks = groups->find(""); networks != groups->end()) {
      for (const Place& place : networks->second.parts) {
        if (auto judged = judgeNetwork(place); !judged) return std::unexpected(judged.error());
      }
    }
    if (auto told = tellLoneParts(); !told) return std::unexpected(told.error());
    finish();
    return std::move(report_);
  }

 private:
  using Done = Result<void>;

  // By country code; "" for what belongs to none.
  Result<std::map<std::string, Group>> readGroups() {
    auto keys = reader_.keys();
    if (!keys) return std::unexpected(keys.error());
    std::sort(keys->begin(), keys->end(), [](const series::SeriesKey& a, const series::SeriesKey& b) {
      return std::tie(a.entity, a.signal) < std::tie(b.entity, b.signal);
    });
    std::map<std::string, Group> groups;
    std::optional<Place> place;
    const auto put = [&] {
      if (!place) return;
      Group& group = groups[std::string(place->entity.countryCode())];
      if (place->entity.kind() == EntityKind::kCountry) {
        group.country = *place;
      } else {
        group.parts.push_back(*place);
      }
    };
    for (const series::SeriesKey& key : *keys) {
      if (!place || place->entity != key.entity) {
        put();
        place = Place{.entity = key.entity};
      }
      mark(*place, key.signal);
    }
    put();
    return groups;
  }

  Result<PlaceOutcome> look(const Place& place) {
    auto outcome = places_.judge(place);
    if (!outcome || outcome->series == 0) return outcome;
    report_.series_judged += outcome->series;
    report_.from = report_.from ? std::min(*report_.from, outcome->from) : outcome->from;
    report_.until = report_.until ? std::max(*report_.until, outcome->until) : outcome->until;
    if (place.entity.kind() == EntityKind::kCountry || place.entity == options_.entity) {
      for (const UntoldSpan& span : outcome->untold4) {
        untold_[{span, std::string(series::kVisible24)}].push_back(place.entity);
      }
      for (const UntoldSpan& span : outcome->untold6) {
        untold_[{span, std::string(series::kVisible48)}].push_back(place.entity);
      }
    }
    return outcome;
  }

  // Groups of a place's anomalies that are worth an incident of their own.
  std::vector<PlaceAnomalies> ownFalls(const Place& place, PlaceAnomalies anomalies) const {
    const bool country = place.entity.kind() == EntityKind::kCountry;
    const bool asked_for = place.entity == options_.entity;
    std::vector<PlaceAnomalies> falls;
    for (PlaceAnomalies& fall : joinPlace(std::move(anomalies), parameters_)) {
      double baseline = 0;
      for (const Anomaly& anomaly : fall.primary()) baseline = std::max(baseline, anomaly.baseline);
      if (asked_for || (country && !fall.v4.empty()) || baseline >= parameters_.min_own_baseline) {
        falls.push_back(std::move(fall));
      }
    }
    return falls;
  }

  Done judgeCountry(const Group& group) {
    std::vector<PlaceAnomalies> falls;
    std::vector<Incident> incidents;
    if (group.country) {
      auto outcome = look(*group.country);
      if (!outcome) return std::unexpected(outcome.error());
      falls = ownFalls(*group.country, outcome->anomalies);
      for (const PlaceAnomalies& fall : falls) {
        auto incident =
            builder_.incident(group.country->entity, fall, group.country->visible24, outcome->until);
        if (!incident) return std::unexpected(incident.error());
        incidents.push_back(std::move(*incident));
      }
      if (group.country->updates) {
        auto seen = observe(reader_, parameters_, *group.country, group.parts, *outcome, falls);
        if (!seen) return std::unexpected(seen.error());
        report_.observations.insert(report_.observations.end(), seen->begin(), seen->end());
      }
    }
    for (const Place& part : group.parts) {
      if (auto judged = judgePart(part, falls, incidents); !judged) return judged;
    }
    for (Incident& incident : incidents) {
      IncidentBuilder::sortChildren(incident.children);
      report_.incidents.push_back(std::move(incident));
    }
    return {};
  }

  // A network in a country, or a region: what fell with the country becomes its child.
  Done judgePart(const Place& place, const std::vector<PlaceAnomalies>& falls,
                 std::vector<Incident>& incidents) {
    auto outcome = look(place);
    if (!outcome) return std::unexpected(outcome.error());
    PlaceAnomalies& anomalies = outcome->anomalies;
    for (size_t i = 0; i < falls.size() && !anomalies.empty(); ++i) {
      PlaceAnomalies part = takePart(anomalies, falls[i], parameters_);
      if (part.empty()) continue;
      auto child = builder_.child(place.entity, part, outcome->until);
      if (!child) return std::unexpected(child.error());
      incidents[i].children.push_back(std::move(*child));
      if (const auto asn = place.entity.asn()) explained_[asn->number].push_back(std::move(part));
    }
    if (anomalies.empty()) return {};
    if (const auto asn = place.entity.asn()) {
      lone_parts_[asn->number].push_back({place, std::move(anomalies), outcome->until});
      return {};
    }
    return tellAlone(place, std::move(anomalies), outcome->until, {});
  }

  Done judgeNetwork(const Place& place) {
    auto outcome = look(place);
    if (!outcome) return std::unexpected(outcome.error());
    if (outcome->anomalies.empty()) return {};
    dropExplained(place, outcome->anomalies);
    const auto parts = place.entity.asn() ? lone_parts_.find(place.entity.asn()->number) : lone_parts_.end();
    return tellAlone(place, std::move(outcome->anomalies), outcome->until,
                     parts == lone_parts_.end() ? std::span<LonePart>() : parts->second);
  }

  // Anomalies of a network at least half of whose loss is told as children of countries' incidents.
  void dropExplained(const Place& place, PlaceAnomalies& anomalies) const {
    const auto explained =
        place.entity.asn() ? explained_.find(place.entity.asn()->number) : explained_.end();
    if (explained == explained_.end()) return;
    const auto drop = [&](std::vector<Anomaly>& from, std::vector<Anomaly> PlaceAnomalies::*family) {
      std::erase_if(from, [&](const Anomaly& anomaly) {
        double told = 0;
        for (const PlaceAnomalies& child : explained->second) {
          double lost = 0;
          for (const Anomaly& part : child.*family) {
            if (overlap(part, anomaly)) lost = std::max(lost, part.lost());
          }
          told += lost;
        }
        return 2 * told >= anomaly.lost();
      });
    };
    drop(anomalies.v4, &PlaceAnomalies::v4);
    drop(anomalies.v6, &PlaceAnomalies::v6);
  }

  // Incidents of a network or a region by itself. `parts` are the countries it fell in.
  Done tellAlone(const Place& place, PlaceAnomalies anomalies, Time until, std::span<LonePart> parts) {
    for (const PlaceAnomalies& fall : ownFalls(place, std::move(anomalies))) {
      auto incident = builder_.incident(place.entity, fall, place.visible24, until);
      if (!incident) return std::unexpected(incident.error());
      for (LonePart& part : parts) {
        const PlaceAnomalies taken = takePart(part.anomalies, fall, parameters_);
        if (taken.empty()) continue;
        auto child = builder_.child(part.place.entity, taken, part.until);
        if (!child) return std::unexpected(child.error());
        incident->children.push_back(std::move(*child));
      }
      IncidentBuilder::sortChildren(incident->children);
      report_.incidents.push_back(std::move(*incident));
    }
    return {};
  }

  // Networks that fell in one country and stand elsewhere.
  Done tellLoneParts() {
    for (auto& [asn, parts] : lone_parts_) {
      for (LonePart& part : parts) {
        if (auto told = tellAlone(part.place, std::move(part.anomalies), part.until, {}); !told) return told;
      }
    }
    return {};
  }

  void finish() {
    report_.rule = options_.rule;
    report_.parameters_version = kParametersVersion;
    report_.geo_source = options_.geo_source;
    report_.simulation = options_.simulation;
    dropCommon(report_.observations, parameters_);
    keepWhatWasAskedFor();
    std::sort(report_.incidents.begin(), report_.incidents.end(), [](const Incident& a, const Incident& b) {
      return std::tie(a.onset, a.entity) < std::tie(b.onset, b.entity);
    });
    std::sort(report_.observations.begin(), report_.observations.end(),
              [](const Observation& a, const Observation& b) {
                return std::tie(a.start, a.entity) < std::tie(b.start, b.entity);
              });
    for (auto& [span, entities] : untold_) {
      std::erase_if(entities, [&](const Entity& one) { return !belongsTo(one, options_.entity); });
      if (entities.empty()) continue;
      report_.cannot_tell.push_back({span.first, span.second, std::move(entities)});
    }
  }

  // Everything was judged all the same: whether a network's fall is its own incident depends on all countries
  // that it lies in.
  void keepWhatWasAskedFor() {
    const auto asked = [&](const auto& one) { return belongsTo(one.entity, options_.entity); };
    std::erase_if(report_.incidents, [&](const Incident& incident) {
      return !asked(incident) && std::none_of(incident.children.begin(), incident.children.end(), asked);
    });
    std::erase_if(report_.observations, [&](const Observation& one) { return !asked(one); });
  }

  SeriesReader& reader_;
  const JudgeOptions& options_;
  const Parameters& parameters_;
  PlaceJudge places_;
  IncidentBuilder builder_;
  Report report_;
  std::map<uint32_t, std::vector<LonePart>> lone_parts_;  // by AS number
  // By AS number: falls of networks that countries' incidents tell.
  std::map<uint32_t, std::vector<PlaceAnomalies>> explained_;
  std::map<std::pair<UntoldSpan, series::Signal>, std::vector<Entity>> untold_;
};

}  // namespace

Result<Report> judge(SeriesReader& reader, const JudgeOptions& options) {
  auto rule = makeRule(options.rule, options.parameters);
  if (!rule) return std::unexpected(rule.error());
  return Judge(reader, options, **rule).run();
}

}  // namespace nightjar::detect
