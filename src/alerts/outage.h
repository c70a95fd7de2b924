// What alerts read of an incident as the store keeps it. docs/incidents.md describes the document.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/entity.h"
#include "base/result.h"
#include "base/time.h"
#include "series/store.h"

namespace nightjar::alerts {

// A place that fell: of the incident as a whole, or one of its children.
struct Fall {
  Entity entity;
  std::string name;
  std::string kind;
  Time onset;
  std::optional<Time> end;
  double depth = 0;  // at the lowest

  // What people read: "Egypt (EG)".
  std::string label() const;
};

struct Outage {
  std::string id;
  uint32_t revision = 0;
  Fall whole;
  std::vector<Fall> children;
  Time judged_until;
  bool gone = false;                // retracted, or joined into another
  std::string joined_into;          // the id of that one
  bool returning = false;           // its last phase leads back, at least in part
  std::optional<double> depth_now;  // the depth of its last phase; empty: nobody can tell
  std::optional<double> confidence;
  std::string simulation;  // empty: measured

  bool open() const { return !gone && !whole.end.has_value(); }
  Seconds duration() const;
};

// Fails with kInvalid where the document is none of an incident.
Result<Outage> readOutage(const series::StoredIncident& stored);

}  // namespace nightjar::alerts
