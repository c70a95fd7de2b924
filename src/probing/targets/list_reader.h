// The files that say what to probe, and what never to. docs/probing.md describes the format.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace nightjar::targets {

// What is wrong with a file's rows: the first kTold of them in full, the others as a number.
struct Findings {
  static constexpr size_t kTold = 20;
  std::vector<Error> told;
  uint64_t count = 0;

  void add(Error error);
};

// What is known of a /24 from earlier measurements: its ever-active addresses, E(b), and how often they
// answered.
struct BlockHistory {
  std::bitset<256> active;  // by the last octet
  float sum = 0;            // of the availabilities told
  uint32_t told = 0;        // how many

  // A, the mean availability of the ever-active addresses; 0 when no row told one.
  double availability() const { return told == 0 ? 0 : static_cast<double>(sum) / told; }
};

struct TargetList {
  std::vector<Prefix> prefixes;                          // IPv4, /24 or shorter
  std::unordered_map<uint32_t, BlockHistory> histories;  // by the block's number; of listed IPv4 addresses
  std::vector<Address> hosts6;                           // listed IPv6 addresses, each once, sorted
  Findings findings;
};

// At most so many rows of each kind are kept; more fails with kLimit. Every /24 there is fits, and a list of
// IPv6 addresses as large as the public ones.
inline constexpr size_t kMostPrefixes = size_t{1} << 24;
inline constexpr size_t kMostHosts6 = size_t{1} << 24;

// Adds one target: `PREFIX` of IPv4, `ADDRESS` of either family. Fails with kInvalid, kLimit.
Result<void> addTarget(TargetList& list, std::string_view word);

// Adds the rows of a target list: a row is `PREFIX` or `ADDRESS [AVAILABILITY]`, with the availability in
// (0, 1]; '#' begins a comment, and blank rows are fine. A row that cannot be read becomes a finding with
// line and byte, and the rest counts. `where` names the text in findings. Fails with kLimit alone.
Result<void> readTargets(std::string_view text, const std::string& where, TargetList& list);

struct OptOutList {
  std::vector<Prefix> prefixes;  // of both families, of any length; an address is a prefix of its full length
  Findings findings;
};

// Reads an opt-out list: a row is `PREFIX` or `ADDRESS`, and what follows is a comment. Bits past a prefix's
// length are forgiven: who opts out 192.0.2.7/24 means the /24. Fails with kLimit alone.
Result<OptOutList> readOptOut(std::string_view text, const std::string& where);

}  // namespace nightjar::targets
