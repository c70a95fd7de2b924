// The words by which incidents are told, in JSON and in tables.
#include "detect/incident/incident.h"

namespace nightjar::detect {

std::string_view kindName(Kind kind) {
  switch (kind) {
    case Kind::kWithdrawn:
      return "withdrawn";
    case Kind::kAnnouncedDark:
      return "announced-dark";
    case Kind::kDark:
      return "dark";
    case Kind::kPartial:
      return "partial";
    case Kind::kThrottled:
      return "throttled";
    case Kind::kTrafficDown:
      return "traffic-down";
    case Kind::kSitesBlocked:
      return "sites-blocked";
  }
  return "";
}

std::string_view planeVerdictName(PlaneVerdict verdict) {
  switch (verdict) {
    case PlaneVerdict::kNotMeasured:
      return "not-measured";
    case PlaneVerdict::kCannotTell:
      return "cannot-tell";
    case PlaneVerdict::kStands:
      return "stands";
    case PlaneVerdict::kFell:
      return "fell";
  }
  return "";
}

std::string_view accessName(Access access) {
  switch (access) {
    case Access::kUnknown:
      break;
    case Access::kMobile:
      return "mobile";
    case Access::kFixed:
      return "fixed";
    case Access::kMixed:
      return "mixed";
  }
  return "";
}

std::string_view phaseName(PhaseKind kind) {
  switch (kind) {
    case PhaseKind::kEarly:
      return "early";
    case PhaseKind::kOnset:
      return "onset";
    case PhaseKind::kFloor:
      return "floor";
    case PhaseKind::kReturn:
      return "return";
    case PhaseKind::kRecovery:
      return "recovery";
    case PhaseKind::kRestored:
      return "restored";
  }
  return "";
}

}  // namespace nightjar::detect
