// Incidents and configurations that tests write down shortly.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "alerts/configuration.h"
#include "alerts/outage.h"

namespace nightjar::alerts {

inline Time at(std::string_view clock) {
  return parseTime(fmt::format("2022-01-05T{}:00Z", clock)).value();
}

// An incident of 5 January 2022.
struct Written {
  std::string id;
  std::string entity;
  std::string onset = "10:00";
  std::string until = "12:00";  // judged until
  std::string end = {};
  double depth = 0.9;
  std::string state = "open";
  std::string more = {};  // further fields of the document, each with a comma before it

  series::StoredIncident stored() const {
    series::StoredIncident incident{id, 1, "nightjar", Entity::parse(entity).value(), at(onset), {}, {}};
    if (!end.empty()) incident.end = at(end);
    incident.json =
        fmt::format(R"({{"id":"{}","kind":"withdrawn","state":"{}","depth":{},"judged_until":"{}"{}}})", id,
                    state, depth, formatTime(at(until)), more);
    return incident;
  }
  Outage outage() const {
    auto read = readOutage(stored());
    EXPECT_TRUE(read) << read.error().describe();
    return *std::move(read);
  }
};

inline Configuration configured(const std::string& rule, const std::string& channel = R"(
    [[channel]]
    name = "desk"
    kind = "webhook"
    url = "http://127.0.0.1:1/")") {
  auto configuration = parseConfiguration(channel + "\n[[rule]]\nchannels = [\"desk\"]\n" + rule);
  EXPECT_TRUE(configuration) << configuration.error().describe();
  return configuration ? *std::move(configuration) : Configuration();
}

}  // namespace nightjar::alerts
