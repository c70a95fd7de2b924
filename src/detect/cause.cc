#include "detect/cause.h"

namespace nightjar::detect {
namespace {

constexpr Cause kAll[kCauses] = {Cause::kOrdered, Cause::kExam, Cause::kCable, Cause::kPower,
                                 Cause::kTechnical};

}  // namespace

std::span<const Cause> allCauses() {
  return kAll;
}

std::string_view causeName(Cause cause) {
  switch (cause) {
    case Cause::kOrdered:
      return "ordered";
    case Cause::kExam:
      return "exam";
    case Cause::kCable:
      return "cable";
    case Cause::kPower:
      return "power";
    case Cause::kTechnical:
      break;
  }
  return "technical";
}

std::vector<CauseGuess> causeHint(const CauseFeatures& /*features*/) {
  return {};  // no likelihoods are known yet
}

}  // namespace nightjar::detect
