#include "routing/wire/finding.h"

namespace nightjar::wire {

std::string_view nameOf(FindingKind kind) {
  switch (kind) {
    case FindingKind::kDamage:
      return "damage";
    case FindingKind::kUnsupported:
      return "unsupported";
    case FindingKind::kAttributeDiscard:
      return "attribute discard";
    case FindingKind::kTreatAsWithdraw:
      return "treat-as-withdraw";
    case FindingKind::kSessionReset:
      return "session reset";
  }
  return "unknown";
}

}  // namespace nightjar::wire
