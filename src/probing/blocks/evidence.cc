#include "probing/blocks/evidence.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace nightjar::blocks {
namespace {

// ln(x) for x in (0, 1], computed by the compiler with the four basic operations, which are the same
// everywhere; std::log is not.
consteval double naturalLog(double x) {
  constexpr double kLn2 = 0.693147180559945309417;
  double halvings = 0;
  for (; x < 0.75; x *= 2) ++halvings;
  // ln(x) = 2 artanh((x - 1) / (x + 1))
  const double z = (x - 1) / (x + 1);
  double power = z;
  double sum = 0;
  for (int k = 1; k < 40; k += 2, power *= z * z) sum += power / k;
  return 2 * sum - halvings * kLn2;
}

// An address by itself is never trusted to answer more surely than this: 3.6 nats, so that one that falls
// silent needs two others, at least, to say the same before a block is down.
constexpr size_t kSteps = 256;
constexpr size_t kMostStep = 249;

// In parts of a Silence.
constexpr uint32_t kParts = 256;

consteval std::array<uint16_t, kSteps> makeTable() {
  std::array<uint16_t, kSteps> table{};
  for (size_t i = 0; i < kSteps; ++i) {
    const double available = (static_cast<double>(i) + 0.5) / kSteps;
    const double nats = naturalLog(1 - kReplyWhenDown) - naturalLog(1 - available);
    table[i] = nats <= 0 ? uint16_t{0} : static_cast<uint16_t>(nats * kNat * kParts);
  }
  return table;
}
constexpr auto kSilence = makeTable();

uint32_t partsOf(Share availability) {
  return kSilence[std::min<size_t>(availability / kSteps, kMostStep)];
}

}  // namespace

Silence silenceOf(Share availability) {
  return static_cast<Silence>(partsOf(availability) / kParts);
}

Silence silenceOf(Share availability, uint64_t random) {
  constexpr uint32_t kLittle = kNat / 2 * kParts;
  const uint32_t parts = partsOf(availability);
  return static_cast<Silence>((parts + (parts < kLittle ? random % kParts : 0)) / kParts);
}

Silence silenceOfVeteran(Share availability) {
  return static_cast<Silence>(kSilence[availability / kSteps] / kParts);
}

Share shareOfVeteran(Share lost, uint32_t misses) {
  constexpr uint64_t kOne = 65535, kLeft = kOne / 1000;
  uint64_t before = kOne - kLeft;  // that so many misses in a row are losses
  for (; misses > 0; --misses) before = before * lost / kOne;
  const uint64_t again = before * lost / kOne;
  return static_cast<Share>(kOne - (kLeft + again) * kOne / (kLeft + before));
}

double beliefAfter(Silence silence) {
  const double odds = kMostBelief / (1 - kMostBelief) * std::exp(-static_cast<double>(silence) / kNat);
  return std::max(odds / (1 + odds), kLeastBelief);
}

}  // namespace nightjar::blocks
