// The hosts of an episode's world: which of them answer a probe, when, and after how long.
#pragma once

#include <bitset>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "episode/facts.h"
#include "episode/world.h"
#include "probing/blocks/outcome.h"

namespace nightjar::episode {

// A /24 that is probed, and what is true of it for the whole episode.
struct ProbedBlock {
  uint64_t unit = 0;  // number of the /24
  uint32_t node = 0;  // whose space it is
  std::string region;
  const Hosts* hosts = nullptr;
  bool answering = false;       // anybody in it ever answers
  std::bitset<256> everActive;  // by last octet
  uint32_t availability = 0;    // of each of these: of 2^16
  uint32_t microseconds = 0;    // round trip to it, on an idle line

  Prefix prefix() const { return Block{Family::kIpv4, unit, 0}.prefix(); }
};

// Chance hangs on the seed, the address and the moment only: who asks the same again hears the same.
class HostWorld {
 public:
  // Keeps references to both.
  HostWorld(const Facts& facts, const World& world);

  // In order of address; none without a prober.
  std::span<const ProbedBlock> blocks() const { return blocks_; }

  // From `second` (Unix) on, this prefix is announced, or is not. In order of time, before the first
  // question.
  void routeChanged(uint32_t second, const Prefix& prefix, bool announced);

  // What becomes of an echo request.
  blocks::Outcome probe(Time sent, const Address& target, bool reference) const;

  // The truth that a judgement can be held against: whether somebody there can be reached.
  bool isUp(size_t block, uint32_t second) const;

 private:
  // How a block's line is from a second on.
  struct Line {
    uint32_t second = 0;
    bool dark = false;
    double loss = 0;
    uint32_t delay = 0;  // microseconds
  };
  // An event begins for a block, or ends.
  struct Change {
    uint32_t second;
    const Event* event;
    bool begins;
  };
  // Whether there is a route to it from a second on.
  struct Route {
    uint32_t second = 0;
    bool announced = true;
  };

  void addBlocks(uint32_t node);
  void play();
  static Line after(const Change& change, Line line);
  bool concerns(const Target& target, const std::vector<uint32_t>& nodes, const ProbedBlock& block) const;
  bool isCut(uint32_t second) const;

  const Facts& facts_;
  const World& world_;
  std::vector<ProbedBlock> blocks_;
  std::vector<std::vector<Line>> lines_;    // by block
  std::vector<std::vector<Route>> routes_;  // by block
  std::vector<uint32_t> covers_;            // by block: announced prefixes that cover it
};

}  // namespace nightjar::episode
