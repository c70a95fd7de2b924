// What each signal of a place sees of it: the one page where the joining asks for more than a signal's
// traits.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "series/series.h"
#include "series/signal_traits.h"

namespace nightjar::detect {

// In the order in which signals are told.
enum class Sees : uint8_t {
  kSpace,    // routes of IPv4 space, or of no known family
  kHosts,    // hosts that answer, counted; in IPv4, or of no known family
  kOther,    // a share of hosts, or an imported measure of unknown kind
  kSpace6,   // routes of IPv6 space
  kHosts6,   // hosts that answer in IPv6
  kTraffic,  // what is sent from there
  kSites,    // fetched web sites
  kQuality,  // loss and delay of hosts that answer
};
inline constexpr size_t kSeesCount = 8;
inline constexpr size_t kPlaneCount = 4;  // of series::Plane

struct SignalInfo {
  series::Signal name;
  series::SignalTraits traits;
  Sees sees = Sees::kOther;

  // Who speaks for a place: its routes and hosts; where they are not measured or stand, what is of unknown
  // kind; and only then the others (IPv6, traffic, loss, ...), of which a fall that comes first is an early
  // sign.
  enum class Voice : uint8_t { kFirst, kSecond, kLast };
  Voice voice() const {
    if (sees == Sees::kSpace || sees == Sees::kHosts) return Voice::kFirst;
    return sees == Sees::kOther ? Voice::kSecond : Voice::kLast;
  }
  bool major() const { return voice() != Voice::kLast; }
  bool judged() const { return traits.role == series::Role::kJudged; }
};

SignalInfo signalInfo(std::string_view name);

// Whether a long fall of the one makes whatever falls of the other meanwhile a part of it.
inline bool holds(const SignalInfo& whole, const SignalInfo& part) {
  return whole.major() && whole.voice() <= part.voice();
}

// The name of the signal that explains falls of `name` (traits: kExplains); empty if there is none.
std::string_view explainerOf(std::string_view name);

std::string_view planeName(series::Plane plane);

// Every signal's info once, at an address that stays.
class SignalTable {
 public:
  const SignalInfo& of(const series::Signal& name) {
    const auto found = table_.find(name);
    return found != table_.end() ? found->second : table_.emplace(name, signalInfo(name)).first->second;
  }

 private:
  std::map<series::Signal, SignalInfo, std::less<>> table_;
};

}  // namespace nightjar::detect
