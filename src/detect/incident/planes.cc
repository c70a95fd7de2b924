#include "detect/incident/planes.h"

#include "series/signals.h"

namespace nightjar::detect {
namespace {

using series::Plane;
using series::Sense;

bool ofIpv6(std::string_view name) {
  return name == series::kVisible48 || name == series::kPrefixes6 || name == series::kMoved48 ||
         name == series::kUp48;
}

Sees seesOf(std::string_view name, const series::SignalTraits& traits) {
  if (name.starts_with("sites.")) return Sees::kSites;
  if (traits.sense != Sense::kFallIsBad) return Sees::kQuality;
  switch (traits.plane) {
    case Plane::kControl:
      return ofIpv6(name) ? Sees::kSpace6 : Sees::kSpace;
    case Plane::kData:
      if (!traits.blocks) return Sees::kOther;
      return ofIpv6(name) ? Sees::kHosts6 : Sees::kHosts;
    case Plane::kTraffic:
      return Sees::kTraffic;
    case Plane::kOther:
      break;
  }
  return Sees::kOther;
}

}  // namespace

SignalInfo signalInfo(std::string_view name) {
  const series::SignalTraits traits = series::traitsOf(name);
  return {series::Signal(name), traits, seesOf(name, traits)};
}

std::string_view explainerOf(std::string_view name) {
  if (name == series::kVisible24) return series::kMoved24;
  if (name == series::kVisible48) return series::kMoved48;
  return {};
}

std::string_view planeName(series::Plane plane) {
  switch (plane) {
    case Plane::kControl:
      return "control";
    case Plane::kData:
      return "data";
    case Plane::kTraffic:
      return "traffic";
    case Plane::kOther:
      break;
  }
  return "other";
}

}  // namespace nightjar::detect
