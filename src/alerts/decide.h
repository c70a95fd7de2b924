// What to tell whom: incidents as they are now against what was told of them. No clock, no I/O.
//
// One event, one alert. What belongs to an incident (its children) is never told by itself. Networks and
// regions that are incidents of their own wait for `bundle` and are then told together, country by country.
// Hysteresis: an incident that was told is followed to its end, whatever the rules say of it later; it is
// worse, or partly back, only a whole `worse_step` away from what was told last; an end must stand for
// `settle`. Two of the same event of one incident are `quiet` apart.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alerts/configuration.h"
#include "alerts/outage.h"

namespace nightjar::alerts {

enum class Event : uint8_t {
  kDown,
  kWorse,
  kPartlyBack,
  kRestored,
  kRetracted,
  kStill,  // for channels where an alert ends when it is not told again
};
inline constexpr std::array<std::string_view, 6> kEvents{"down",     "worse",     "partly back",
                                                         "restored", "retracted", "still"};

enum class Standing : uint8_t { kDown, kPartlyBack, kOver };

// What one channel was told of one incident.
struct Told {
  Standing standing = Standing::kDown;
  double depth = 0;                                      // as told last
  std::array<std::optional<Time>, kEvents.size()> at{};  // when each event was told last
};
using ToldKey = std::pair<std::string, std::string>;  // the channel's name, the incident's id
using Memory = std::map<ToldKey, Told>;

// One message: one event of incidents of one country.
struct News {
  size_t channel = 0;  // place in Configuration::channels
  Event event = Event::kDown;
  std::vector<const Outage*> outages;  // point into what decide() was given; at most kMaxBundle
};

struct Decision {
  std::vector<News> news;
  Memory changes;             // rows of the memory that are to be replaced once the news are kept
  std::optional<Time> again;  // something waits until then
};

inline constexpr size_t kMaxBundle = 200;

Decision decide(const Configuration& configuration, const std::vector<Outage>& outages, const Memory& memory,
                Time now);

}  // namespace nightjar::alerts
