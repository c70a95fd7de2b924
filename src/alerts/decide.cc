#include "alerts/decide.h"

#include <algorithm>

namespace nightjar::alerts {
namespace {

bool isCountry(const Outage& outage) {
  return outage.whole.entity.kind() == EntityKind::kCountry;
}

bool isAnyOf(const std::vector<std::string>& kinds, const std::string& kind) {
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool passes(const Rule& rule, const Fall& fall, Time judged_until) {
  return isAnyOf(rule.kinds, fall.kind) && fall.depth >= rule.least_depth &&
         std::max(fall.end.value_or(judged_until), fall.onset) - fall.onset >= rule.least_duration;
}

// An incident matters to whoever asks for a place that it is in, and to whoever asks for one of its children.
bool matches(const Rule& rule, const Outage& outage) {
  if (outage.confidence && *outage.confidence < rule.least_confidence) return false;
  const auto isHere = [&](const Fall& fall) {
    return rule.places.empty() ||
           std::any_of(rule.places.begin(), rule.places.end(),
                       [&](const Entity& place) { return fall.entity.belongsTo(place); });
  };
  if (isHere(outage.whole)) return passes(rule, outage.whole, outage.judged_until);
  return std::any_of(outage.children.begin(), outage.children.end(), [&](const Fall& child) {
    return isHere(child) && passes(rule, child, outage.judged_until);
  });
}

// Countries stand alone; of the rest those of one country belong together.
std::string groupOf(const Outage& outage) {
  return isCountry(outage) ? outage.id : std::string(outage.whole.entity.countryCode());
}

// The decisions for one channel.
class Desk {
 public:
  Desk(const Configuration& configuration, size_t channel, const std::vector<Outage>& outages,
       const Memory& memory, Time now)
      : configuration_(configuration), channel_(channel), outages_(outages), now_(now) {
    for (const Outage& outage : outages) {
      byId_.emplace(outage.id, &outage);
      latest_ = std::max(latest_, outage.judged_until);
      const auto told = memory.find({name(), outage.id});
      if (told != memory.end()) told_.emplace(outage.id, told->second);
    }
    for (const auto& [id, told] : told_) {
      for (size_t event = 0; event < kEvents.size(); ++event) {
        auto& last = lastOf_[{event, groupOf(*byId_.at(id))}];
        last = std::max(last, told.at[event].value_or(Time{}));
      }
    }
  }

  void decideInto(Decision& decision) {
    for (const Outage& outage : outages_) takeOver(outage);
    std::map<std::pair<Event, std::string>, std::vector<const Outage*>> groups;
    for (const Outage& outage : outages_) {
      const auto event = next(outage);
      if (event) groups[{*event, groupOf(outage)}].push_back(&outage);
    }
    for (const auto& [key, members] : groups) {
      const auto& [event, group] = key;
      if (!isCountry(*members.front()) &&
          mustWait(lastOf_[{static_cast<size_t>(event), group}], configuration_.bundle)) {
        continue;
      }
      for (size_t from = 0; from < members.size(); from += kMaxBundle) {
        const size_t until = std::min(members.size(), from + kMaxBundle);
        decision.news.push_back({channel_,
                                 event,
                                 {members.begin() + static_cast<std::ptrdiff_t>(from),
                                  members.begin() + static_cast<std::ptrdiff_t>(until)}});
      }
      for (const Outage* outage : members) note(*outage, event);
    }
    for (const auto& id : changed_) decision.changes.insert_or_assign(ToldKey{name(), id}, told_.at(id));
    if (again_) decision.again = std::min(*again_, decision.again.value_or(*again_));
  }

 private:
  const std::string& name() const { return configuration_.channels[channel_].name; }

  bool isWanted(const Outage& outage) const {
    return std::any_of(configuration_.rules.begin(), configuration_.rules.end(), [&](const Rule& rule) {
      const bool here =
          std::find(rule.channels.begin(), rule.channels.end(), channel_) != rule.channels.end();
      return here && matches(rule, outage);
    });
  }

  // Whether less than `pause` went by since `last`; then it is looked at again after that.
  bool mustWait(std::optional<Time> last, Seconds pause) {
    if (!last || *last == Time{} || *last + pause <= now_) return false;
    again_ = std::min(*last + pause, again_.value_or(Time::max()));
    return true;
  }
  std::optional<Event> unlessQuiet(const Told* told, Event event) {
    const auto last = told ? told->at[static_cast<size_t>(event)] : std::nullopt;
    return mustWait(last, configuration_.quiet) ? std::nullopt : std::optional(event);
  }

  // What was told of an incident that another one tells now goes over to that one.
  void takeOver(const Outage& outage) {
    const auto told = told_.find(outage.id);
    const auto into = byId_.find(outage.joined_into);
    if (!outage.gone || told == told_.end() || told->second.standing == Standing::kOver ||
        into == byId_.end()) {
      return;
    }
    const Outage& whole = *into->second;
    const auto known = told_.find(whole.id);
    const bool active = known != told_.end() && known->second.standing != Standing::kOver;
    if (whole.whole.entity == outage.whole.entity && !active) {
      told_.insert_or_assign(whole.id, told->second);
      changed_.push_back(whole.id);
    } else if (!active && !(whole.open() && isWanted(whole))) {
      return;  // nobody else would say how it ended
    }
    told->second.standing = Standing::kOver;
    taken_.push_back(outage.id);
    changed_.push_back(outage.id);
  }

  std::optional<Event> next(const Outage& outage) {
    const auto found = told_.find(outage.id);
    const Told* told = found == told_.end() ? nullptr : &found->second;
    if (outage.gone) return nextOfGone(outage, told);
    const bool active = told != nullptr && told->standing != Standing::kOver;
    if (!active) return nextOfUntold(outage, told);
    if (!outage.open()) {
      const bool settled = *outage.whole.end + configuration_.settle <= latest_;
      return settled ? unlessQuiet(told, Event::kRestored) : std::nullopt;
    }
    if (const auto change = nextOfOpen(outage, *told)) return change;
    const Seconds lasts = configuration_.channels[channel_].lasts;
    if (lasts == Seconds(0)) return std::nullopt;
    return mustWait(*std::max_element(told->at.begin(), told->at.end()), lasts / 2)
               ? std::nullopt
               : std::optional(Event::kStill);
  }

  std::optional<Event> nextOfGone(const Outage& outage, const Told* told) const {
    const bool taken = std::find(taken_.begin(), taken_.end(), outage.id) != taken_.end();
    if (told == nullptr || taken) return std::nullopt;
    const bool said = told->at[static_cast<size_t>(Event::kRetracted)] && told->standing == Standing::kOver;
    // One that had ended, and is a part of another now, was told in full.
    const bool complete = told->standing == Standing::kOver && !outage.joined_into.empty();
    return said || complete ? std::nullopt : std::optional(Event::kRetracted);
  }

  std::optional<Event> nextOfUntold(const Outage& outage, const Told* told) {
    if (outage.open()) {
      const bool young = outage.duration() < configuration_.bundle;
      if ((!isCountry(outage) && young) || !isWanted(outage)) return std::nullopt;
      return unlessQuiet(told, Event::kDown);
    }
    // It came and went between two looks; what went long ago is history.
    const Time end = *outage.whole.end;
    const bool now = end + configuration_.settle <= latest_ && end + configuration_.recent >= latest_;
    return told == nullptr && now && isWanted(outage) ? std::optional(Event::kRestored) : std::nullopt;
  }

  std::optional<Event> nextOfOpen(const Outage& outage, const Told& told) {
    // Depths are printed with four decimals.
    constexpr double kRounding = 1e-6;
    const double step = configuration_.worse_step - kRounding;
    if (outage.depth_now && *outage.depth_now >= told.depth + step) return unlessQuiet(&told, Event::kWorse);
    if (!outage.returning) return std::nullopt;
    const bool better =
        outage.depth_now ? *outage.depth_now <= told.depth - step : told.standing == Standing::kDown;
    return better ? unlessQuiet(&told, Event::kPartlyBack) : std::nullopt;
  }

  void note(const Outage& outage, Event event) {
    Told& told = told_[outage.id];
    told.at[static_cast<size_t>(event)] = now_;
    changed_.push_back(outage.id);
    switch (event) {
      case Event::kDown:
      case Event::kWorse:
        told.standing = Standing::kDown;
        break;
      case Event::kPartlyBack:
        told.standing = Standing::kPartlyBack;
        break;
      case Event::kRestored:
      case Event::kRetracted:
        told.standing = Standing::kOver;
        break;
      case Event::kStill:
        return;
    }
    told.depth = outage.depth_now.value_or(told.depth);
  }

  const Configuration& configuration_;
  size_t channel_;
  const std::vector<Outage>& outages_;
  Time now_;
  Time latest_{};  // the data's own clock: replays run in the past
  std::map<std::string, const Outage*> byId_;
  std::map<std::string, Told> told_;
  std::map<std::pair<size_t, std::string>, Time> lastOf_;  // by event and group
  std::vector<std::string> changed_, taken_;
  std::optional<Time> again_;
};

}  // namespace

Decision decide(const Configuration& configuration, const std::vector<Outage>& outages, const Memory& memory,
                Time now) {
  Decision decision;
  for (size_t channel = 0; channel < configuration.channels.size(); ++channel) {
    Desk(configuration, channel, outages, memory, now).decideInto(decision);
  }
  return decision;
}

}  // namespace nightjar::alerts
