// The judgement as a whole: all series of a store in, incidents out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "detect/incident.h"
#include "detect/parameters.h"
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
  // What people call it, such as "Egypt" or "Telecom Egypt"; empty if nobody knows.
  virtual std::string name(const Entity& entity) {
    static_cast<void>(entity);
    return {};
  }
};

struct JudgeOptions {
  std::string rule = "nightjar";
  Parameters parameters = {};
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
  std::vector<Observation> observations;  // by start, then entity
  std::vector<CannotTell> cannot_tell;    // countries, and the entity that was asked for
};

// Judges country after country, then networks. Memory: the list of keys, the series of one place at a time,
// and the results. Fails with what the reader fails with, or with kUsage for an unknown rule.
// Judged are routing.visible24 and routing.visible48; told are routing.prefixes4 and 6; routing.moved24 and
// 48 explain; routing.updates gives observations.
Result<Report> judge(SeriesReader& reader, const JudgeOptions& options = {});

}  // namespace nightjar::detect
