#include "detect/incident/judge.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "detect/incident/clusters.h"
#include "detect/incident/confidence.h"
#include "detect/incident/groups.h"
#include "detect/incident/incident_builder.h"
#include "detect/incident/observations.h"
#include "detect/incident/parts.h"
#include "detect/incident/place_judge.h"
#include "detect/incident/recurrence.h"
#include "series/signals.h"

namespace nightjar::detect {
namespace {

// A country and what was found of it so far.
struct CountryCase {
  const Place* place = nullptr;
  PlaceOutcome outcome;
  std::vector<PlaceFall> falls;
  std::vector<Incident> incidents;  // of the falls, in the same order
  std::vector<Time> onsets;
  std::vector<LonePart> lone;         // networks that fell outside of the incidents
  std::vector<LonePart> regions;      // regions that did
  std::vector<PlaceOutcome> mobiles;  // `counts` of the networks that are known to be mobile
};

bool belongsTo(const Entity& entity, const std::optional<Entity>& only) {
  return !only || entity.belongsTo(*only);
}

std::vector<Time> onsetsOf(const std::vector<PlaceFall>& falls) {
  std::vector<Time> onsets;
  for (const PlaceFall& fall : falls) {
    onsets.push_back(fall.onset());
    onsets.insert(onsets.end(), fall.occurrences.begin(), fall.occurrences.end());
  }
  return onsets;
}

// What telling its falls reads.
std::set<series::SeriesKey> seriesOf(const LonePart& part) {
  std::set<series::SeriesKey> keys;
  for (const PlaceFall& fall : part.falls) {
    for (const SignalFalls& falls : fall.signals) {
      keys.insert({falls.signal->name, part.place.entity});
      const std::string_view explainer = explainerOf(falls.signal->name);
      if (part.place.has(explainer)) keys.insert({std::string(explainer), part.place.entity});
    }
  }
  return keys;
}

class Judge {
 public:
  Judge(SeriesReader& reader, const JudgeOptions& options, const Rule& rule, PlaceWatcher& places)
      : reader_(reader),
        options_(options),
        joining_(options.joining),
        places_(places),
        builder_(reader, options, rule.countsMoves()) {}

  Result<Report> run() {
    auto groups = readGroups(reader_, table_);
    if (!groups) return std::unexpected(groups.error());
    places_.expect(inOrder(*groups));
    const auto judged = judgeAll(*groups);
    places_.finish();
    if (!judged) return std::unexpected(judged.error());
    finish();
    return std::move(report_);
  }

 private:
  using Done = Result<void>;
  using Groups = std::map<std::string, Group>;

  // As judgeAll() looks at them.
  static std::vector<const Place*> inOrder(const Groups& groups) {
    std::vector<const Place*> places, networks;
    for (const auto& [code, group] : groups) {
      if (group.country && !code.empty()) places.push_back(&*group.country);
      for (const Place& part : group.parts) (code.empty() ? networks : places).push_back(&part);
    }
    places.insert(places.end(), networks.begin(), networks.end());
    return places;
  }

  Done judgeAll(const Groups& groups) {
    for (const auto& [code, group] : groups) {
      if (code.empty()) continue;
      if (auto judged = judgeCountry(group); !judged) return judged;
    }
    if (const auto networks = groups.find(""); networks != groups.end()) {
      for (const Place& place : networks->second.parts) {
        if (auto judged = judgeNetwork(place); !judged) return judged;
      }
    }
    return tellLoneParts();
  }

  Result<PlaceOutcome> look(const Place& place) {
    auto outcome = places_.judge(place);
    if (!outcome || outcome->signals.empty()) return outcome;
    report_.series_judged += outcome->signals.size();
    report_.from = report_.from ? std::min(*report_.from, outcome->from) : outcome->from;
    report_.until = report_.until ? std::max(*report_.until, outcome->until) : outcome->until;
    for (JudgedSignal& judged : outcome->signals) {
      for (Anomaly& anomaly : judged.anomalies) {
        anomaly.probability = anomalyProbability(anomaly, options_.rule);
      }
      const bool listed = place.entity.kind() == EntityKind::kCountry || place.entity == options_.entity;
      for (const UntoldSpan& span : judged.untold) {
        if (span.reason == Untold::kBeginning) {
          report_.low_at_first.push_back({span, judged.signal->name, {place.entity}});
        }
        if (listed) untold_[{span, judged.signal->name}].push_back(place.entity);
      }
    }
    return outcome;
  }

  std::vector<PlaceFall> fallsOf(const PlaceOutcome& outcome) const {
    std::vector<PlaceFall> falls = joinPlace(outcome, joining_);
    for (PlaceFall& fall : falls) {
      fall.size = outcome.sizeAt(fall.first(), options_.parameters.min_coverage);
    }
    return falls;
  }

  // Whether a fall is worth an incident of its own.
  bool large(const Place& place, const PlaceFall& fall) const {
    if (place.entity == options_.entity) return true;
    const bool country = place.entity.kind() == EntityKind::kCountry;
    std::optional<double> counted;
    for (const SignalFalls& falls : fall.signals) {
      if (country && falls.signal->sees == Sees::kSpace) return true;
      const bool first = falls.signal->major() || !counted;  // IPv6 counts where nothing else does
      if (!falls.signal->traits.blocks || !first) continue;
      for (const Anomaly& anomaly : falls.anomalies) {
        counted = std::max(counted.value_or(0), anomaly.baseline);
      }
    }
    // Of loss, delay or traffic the size of the place tells; an imported place without any counts is taken
    // for large.
    if (!counted) counted = fall.size;
    return !counted || *counted >= joining_.min_own_size;
  }

  std::vector<PlaceFall> ownFalls(const Place& place, std::vector<PlaceFall> falls, Time until) {
    const auto small = [&](const PlaceFall& fall) { return !large(place, fall); };
    if (std::any_of(falls.begin(), falls.end(),
                    [&](const PlaceFall& fall) { return small(fall) && !whim(fall); }))
      report_.too_small.insert(place.entity);
    std::erase_if(falls, small);
    return joinRecurring(std::move(falls), until, joining_);
  }

  // Each of its anomalies is likelier a whim of the series than an outage.
  bool whim(const PlaceFall& fall) const {
    const auto doubtful = [&](const Anomaly& one) {
      return one.probability && *one.probability < joining_.doubt_below;
    };
    return std::all_of(fall.signals.begin(), fall.signals.end(), [&](const SignalFalls& falls) {
      return std::all_of(falls.anomalies.begin(), falls.anomalies.end(), doubtful);
    });
  }

  Done judgeCountry(const Group& group) {
    CountryCase country;
    if (group.country) {
      if (auto judged = beginCountry(group, country); !judged) return judged;
    }
    for (const Place& part : group.parts) {
      if (auto judged = judgePart(part, country); !judged) return judged;
    }
    if (group.country) {
      for (Incident& incident : country.incidents) {
        if (auto done = put(*country.place, std::move(incident), country.onsets); !done) return done;
      }
      if (auto told = tellClusters(country); !told) return told;
    }
    for (LonePart& region : country.regions) {
      if (auto told = tellAlone(region.place, region.outcome, std::move(region.falls), {}); !told)
        return told;
    }
    for (LonePart& part : country.lone) {
      if (!part.falls.empty()) lone_parts_[part.place.entity.asn()->number].push_back(std::move(part));
    }
    return {};
  }

  Done beginCountry(const Group& group, CountryCase& country) {
    country.place = &*group.country;
    auto outcome = look(*group.country);
    if (!outcome) return std::unexpected(outcome.error());
    country.outcome = std::move(*outcome);
    country.falls = ownFalls(*group.country, fallsOf(country.outcome), country.outcome.until);
    country.onsets = onsetsOf(country.falls);
    for (const PlaceFall& fall : country.falls) {
      auto incident = builder_.incident(*group.country, fall, country.outcome);
      if (!incident) return std::unexpected(incident.error());
      country.incidents.push_back(std::move(*incident));
    }
    if (!group.country->has(series::kUpdates)) return {};
    auto bursts = burstsOf(reader_, joining_, *group.country, group.parts, country.outcome, country.falls);
    if (!bursts) return std::unexpected(bursts.error());
    for (CountryBurst& burst : *bursts) {
      auto& home = burst.fall ? country.incidents[*burst.fall].bursts : report_.observations;
      home.push_back(std::move(burst.told));
    }
    return {};
  }

  // A network in a country, or a region: what fell with the country becomes its child.
  Done judgePart(const Place& place, CountryCase& country) {
    auto outcome = look(place);
    if (!outcome) return std::unexpected(outcome.error());
    std::vector<PlaceFall> falls = fallsOf(*outcome);
    const Access access = reader_.access(place.entity);
    if (access == Access::kMobile) country.mobiles.push_back({.counts = outcome->counts});
    for (size_t i = 0; i < country.falls.size() && !falls.empty(); ++i) {
      PlaceFall part = takePart(falls, country.falls[i], joining_);
      if (part.empty()) continue;
      auto child = builder_.child(place, part, *outcome, country.falls[i].first() - joining_.child_lead);
      if (!child) return std::unexpected(child.error());
      child->falls = fallsIn(part, country.falls[i], joining_);
      country.incidents[i].children.push_back(std::move(*child));
      explain(place, std::move(part));
    }
    if (falls.empty()) return {};
    outcome->counts.clear();
    auto& lone = place.entity.asn() ? country.lone : country.regions;
    lone.push_back({place, std::move(*outcome), std::move(falls), access});
    return {};
  }

  void explain(const Place& place, PlaceFall fall) {
    if (const auto asn = place.entity.asn()) explained_[asn->number].push_back(std::move(fall));
  }

  Done tellClusters(CountryCase& country) {
    const float coverage = options_.parameters.min_coverage;
    const auto mobile_size = [&](Time time) {
      double size = 0;
      for (const PlaceOutcome& one : country.mobiles) size += one.sizeAt(time, coverage).value_or(0);
      return size;
    };
    std::vector<Cluster> clusters =
        joinRecurring(takeClusters(country.lone, country.outcome, mobile_size, joining_, coverage),
                      country.outcome.until, joining_);
    for (Cluster& cluster : clusters) {
      std::vector<NetworkFall> networks;
      for (auto& [part, fall] : cluster.members) {
        const LonePart& lone = country.lone[part];
        explain(lone.place, fall);
        networks.push_back({&lone.place, &lone.outcome, std::move(fall)});
      }
      auto incident = builder_.ofNetworks(*country.place, country.outcome, networks, cluster.whole);
      if (!incident) return std::unexpected(incident.error());
      std::vector<const PlaceFall*> wholes;
      wholes.reserve(networks.size());
      for (const NetworkFall& network : networks) wholes.push_back(&network.fall);
      if (auto taken = takeChildren(country.regions, wholes, cluster.whole, *incident); !taken) return taken;
      if (auto done = put(*country.place, std::move(*incident), country.onsets); !done) return done;
    }
    return {};
  }

  // What of the parts belongs to the falls of an incident becomes children of it; `whole` has its hours.
  Done takeChildren(std::span<LonePart> parts, std::span<const PlaceFall* const> falls,
                    const PlaceFall& whole, Incident& incident) {
    for (LonePart& part : parts) {
      PlaceFall taken;
      for (const PlaceFall* fall : falls) taken.add(takePart(part.falls, *fall, joining_));
      if (taken.empty()) continue;
      auto child = builder_.child(part.place, taken, part.outcome, whole.first() - joining_.child_lead);
      if (!child) return std::unexpected(child.error());
      child->falls = fallsIn(taken, whole, joining_);
      incident.children.push_back(std::move(*child));
    }
    return {};
  }

  Done judgeNetwork(const Place& place) {
    auto outcome = look(place);
    if (!outcome) return std::unexpected(outcome.error());
    const auto asn = place.entity.asn();
    if (asn) {
      const auto told = explained_.find(asn->number);
      if (told != explained_.end()) dropExplained(*outcome, told->second);
    }
    std::vector<PlaceFall> falls = fallsOf(*outcome);
    if (falls.empty()) return {};
    const auto parts = asn ? lone_parts_.find(asn->number) : lone_parts_.end();
    return tellAlone(place, *outcome, std::move(falls),
                     parts == lone_parts_.end() ? std::span<LonePart>() : parts->second);
  }

  // Incidents of a network or a region by itself. `parts` are the countries it fell in.
  Done tellAlone(const Place& place, const PlaceOutcome& outcome, std::vector<PlaceFall> falls,
                 std::span<LonePart> parts) {
    falls = ownFalls(place, std::move(falls), outcome.until);
    const std::vector<Time> onsets = onsetsOf(falls);
    for (const PlaceFall& fall : falls) {
      auto incident = builder_.incident(place, fall, outcome);
      if (!incident) return std::unexpected(incident.error());
      const PlaceFall* const whole = &fall;
      if (auto taken = takeChildren(parts, std::span(&whole, 1), fall, *incident); !taken) return taken;
      if (auto done = put(place, std::move(*incident), onsets); !done) return done;
    }
    return {};
  }

  // Networks that fell in one country and stand elsewhere.
  Done tellLoneParts() {
    std::vector<series::SeriesKey> keys;
    for (const auto& [asn, parts] : lone_parts_) {
      for (const LonePart& part : parts) {
        for (const series::SeriesKey& key : seriesOf(part)) keys.push_back(key);
      }
    }
    reader_.expect(keys);
    for (auto& [asn, parts] : lone_parts_) {
      for (LonePart& part : parts) {
        if (auto told = tellAlone(part.place, part.outcome, std::move(part.falls), {}); !told) return told;
      }
    }
    return {};
  }

  Done put(const Place& place, Incident incident, std::span<const Time> onsets) {
    if (auto finished = builder_.finish(place, incident, onsets); !finished) return finished;
    auto& home = doubtful(incident) ? report_.doubtful : report_.incidents;
    home.push_back(std::move(incident));
    return {};
  }

  // Where nobody can tell how sure it is, it is no doubt.
  bool doubtful(const Incident& incident) const {
    const auto sure = [&](const SignalFall& fall) { return fall.confidence >= joining_.doubt_below; };
    return incident.confidence && *incident.confidence < joining_.doubt_below &&
           std::none_of(incident.children.begin(), incident.children.end(), [&](const Child& child) {
             return std::any_of(child.signals.begin(), child.signals.end(), sure);
           });
  }

  void finish() {
    report_.rule = options_.rule;
    report_.parameters_version = std::string(kParametersVersion);
    report_.geo_source = options_.geo_source;
    report_.simulation = options_.simulation;
    dropCommonBursts(report_, joining_);
    keepWhatWasAskedFor();
    for (auto* incidents : {&report_.incidents, &report_.doubtful}) {
      std::sort(incidents->begin(), incidents->end(), [](const Incident& a, const Incident& b) {
        return std::tie(a.onset, a.entity, a.id) < std::tie(b.onset, b.entity, b.id);
      });
    }
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
    for (auto* incidents : {&report_.incidents, &report_.doubtful}) {
      std::erase_if(*incidents, [&](const Incident& incident) {
        return !asked(incident) && std::none_of(incident.children.begin(), incident.children.end(), asked);
      });
    }
    std::erase_if(report_.observations, [&](const Observation& one) { return !asked(one); });
    std::erase_if(report_.too_small, [&](const Entity& one) { return !belongsTo(one, options_.entity); });
    const std::set<Entity> all = report_.too_small;
    std::erase_if(report_.too_small, [&](const Entity& one) {
      return one.kind() == EntityKind::kNetworkInCountry && all.contains(Entity::network(*one.asn()));
    });
  }

  SeriesReader& reader_;
  const JudgeOptions& options_;
  const JoiningParameters& joining_;
  SignalTable table_;
  PlaceWatcher& places_;
  IncidentBuilder builder_;
  Report report_;
  std::map<uint32_t, std::vector<LonePart>> lone_parts_;  // by AS number
  // By AS number: falls of networks that countries' incidents tell.
  std::map<uint32_t, std::vector<PlaceFall>> explained_;
  std::map<std::pair<UntoldSpan, series::Signal>, std::vector<Entity>> untold_;
};

}  // namespace

Result<Report> judge(SeriesReader& reader, const JudgeOptions& options) {
  auto rule = makeRule(options.rule, options.parameters);
  if (!rule) return std::unexpected(rule.error());
  PlaceJudge places(reader, **rule, options.parameters);
  return Judge(reader, options, **rule, places).run();
}

Result<Report> judge(SeriesReader& reader, const JudgeOptions& options, PlaceWatcher& places) {
  const auto rule = makeRule(options.rule, options.parameters);
  if (!rule) return std::unexpected(rule.error());
  return Judge(reader, options, **rule, places).run();
}

const Incident* joinedInto(const Report& report, const Entity& entity, Time onset) {
  const auto within = [&](Time from, std::optional<Time> until) {
    return from <= onset && onset < until.value_or(Time::max());
  };
  for (const Incident& incident : report.incidents) {
    if (incident.entity == entity && within(std::min(incident.onset, incident.start()), incident.end)) {
      return &incident;
    }
    for (const Child& child : incident.children) {
      const bool same = child.entity == entity ||
                        (entity.kind() == EntityKind::kNetwork && child.entity.asn() == entity.asn());
      if (same && within(child.first, child.end)) return &incident;
    }
  }
  return nullptr;
}

}  // namespace nightjar::detect
