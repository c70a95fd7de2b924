// The judgement as a whole: all series of a store in, incidents out.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "detect/incident/incident.h"
#include "detect/incident/joining_parameters.h"
#include "detect/rule/parameters.h"
#include "series/series.h"

namespace nightjar::detect {

// Where the series come from. The caller wraps its store in one; a test, a vector.
class SeriesReader {
 public:
  virtual ~SeriesReader() = default;
  // Every series there is, in any order. Signals that are not judged or told may be left out.
  virtual Result<std::vector<series::SeriesKey>> keys() = 0;
  // The series, from the first bin to the last that may be judged (closed bins only). Absent bins have
  // coverage 0. A key without data gives a series without points.
  virtual Result<series::Series> read(const series::SeriesKey& key) = 0;
  // The bins of read() that reach into [from, until), and maybe more of them.
  virtual Result<series::Series> readSpan(const series::SeriesKey& key, Time from, Time until) {
    static_cast<void>(from);
    static_cast<void>(until);
    return read(key);
  }
  // A hint: these will be read next, about in this order.
  virtual void expect(std::span<const series::SeriesKey>) {}
  // What people call it, such as "Egypt" or "Telecom Egypt"; empty if nobody knows.
  virtual std::string name(const Entity& entity) {
    static_cast<void>(entity);
    return {};
  }
  // How people get to a network; kUnknown if nobody knows, or it is no network.
  virtual Access access(const Entity& entity) {
    static_cast<void>(entity);
    return Access::kUnknown;
  }
};

struct JudgeOptions {
  std::string rule = "nightjar";
  Parameters parameters = {};
  JoiningParameters joining = {};
  // Report only on this place, what belongs to it, and the incidents that it is a part of. A network or
  // region that is asked for gets incidents of its own however small it is.
  std::optional<Entity> entity = {};
  // Passed through to the report.
  std::string geo_source = {};
  std::string simulation = {};  // not empty: the data are a simulation, and this sentence says so
};

struct Report {
  std::string rule;
  std::string parameters_version;
  std::string geo_source;
  std::string simulation;
  // The bins that were looked at.
  std::optional<Time> from;
  std::optional<Time> until;
  size_t series_judged = 0;
  std::vector<Incident> incidents;        // by onset, then entity
  std::vector<Incident> doubtful;         // by onset, then entity: likelier whims than outages
  std::vector<Observation> observations;  // by start, then entity
  // Networks and regions that fell by themselves and are too small for an incident (min_own_size); in order.
  // Whims are not counted.
  std::set<Entity> too_small;
  std::vector<CannotTell> cannot_tell;  // countries, and the entity that was asked for
  // Series of all places that may have been dark since before the data begin, each by itself.
  std::vector<CannotTell> low_at_first;
};

// Judges country after country, then networks. Memory: the list of keys, the series of one place (and the
// counts of its country) at a time, and the results. Fails with what the reader fails with, or with kUsage
// for an unknown rule. What is made of a signal follows from its traits (series/signal_traits.h).
Result<Report> judge(SeriesReader& reader, const JudgeOptions& options = {});

// The same, where somebody else judges the places (place_judge.h), such as several threads. It must do so by
// the rule and the parameters of the options, on the series of the same reader.
class PlaceWatcher;
Result<Report> judge(SeriesReader& reader, const JudgeOptions& options, PlaceWatcher& places);

// The incident of the report that tells what an earlier judgement told as one of its own: of the same place,
// or of the place as a part; nullptr if there is none.
const Incident* joinedInto(const Report& report, const Entity& entity, Time onset);

}  // namespace nightjar::detect
