// Blocks of hosts that come and go, in memory, and what a prober would hear of them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "base/address.h"
#include "base/mix.h"
#include "base/time.h"
#include "probing/blocks/engine.h"

namespace nightjar::blocks {

class SimulatedBlocks {
 public:
  struct Model {
    uint32_t everActive = 100;  // hosts, at slots that look random
    double availability = 0.5;  // the share of its time that a host is on
    // Some hosts are always on, the others come and go. Both numbers: Heidemann et al., "Census and Survey of
    // the Visible Internet", IMC 2008, abstract: 16 % of the addresses that answer are very stable, the
    // others are in use for 81 minutes in the median (exponential, so 117 on average). At most half of what
    // answers is stable here.
    double stable = 0.16;
    // 0: a host has no memory, and each probe finds it on or off by chance.
    std::chrono::seconds session = std::chrono::minutes(117);
    double loss = 0;  // of probes, each by itself

    double alwaysOn() const { return std::min(stable, availability / 2); }
    // Of those that come and go so many are on that all together have the availability wanted.
    double availabilityOfOthers() const { return (availability - alwaysOn()) / (1 - alwaysOn()); }
  };
  struct Outage {
    Time from, until;
  };

  SimulatedBlocks(uint64_t seed, Time begin) : state_(seed), begin_(begin) {}

  // `number`: the first 24 bits of the addresses.
  void add(uint32_t number, const Model& model) {
    Net& net = nets_[number];
    net.model = model;
    net.hosts.assign(256, {});
    for (uint32_t placed = 0; placed < model.everActive;) {
      Host& host = net.hosts[1 + random() % 254];
      if (host.exists) continue;
      host.exists = true;
      host.availability = model.availability;
      if (model.session.count() != 0) {
        host.availability = chance() < model.alwaysOn() ? 1 : model.availabilityOfOthers();
      }
      host.on = chance() < host.availability;
      host.until = host.availability < 1 ? begin_ + stay(model, host) : Time::max();
      ++placed;
    }
  }
  void cut(uint32_t number, Outage outage) { nets_[number].outages.push_back(outage); }
  // The hosts move to other addresses of the block.
  void renumber(uint32_t number) { add(number, nets_[number].model); }

  const std::vector<Outage>& outages(uint32_t number) { return nets_[number].outages; }
  bool isCut(uint32_t number, Time time) {
    for (const Outage& outage : nets_[number].outages) {
      if (outage.from <= time && time < outage.until) return true;
    }
    return false;
  }

  // REQUIRES: times do not go back, for one host.
  bool answers(const Address& address, Time time) {
    const auto number = static_cast<uint32_t>(address.high() >> 8);
    Net& net = nets_[number];
    Host& host = net.hosts[address.bytes[3]];
    if (!host.exists) return false;
    if (net.model.session.count() == 0) {
      host.on = chance() < host.availability;
    } else {
      while (host.until <= time) {
        host.on = !host.on;
        host.until += stay(net.model, host);
      }
    }
    const bool lost = chance() < net.model.loss;
    return host.on && !lost && !isCut(number, time);
  }

  History history(uint32_t number) {
    History history;
    const Net& net = nets_[number];
    for (size_t slot = 0; slot < 256; ++slot) history.everActive[slot] = net.hosts[slot].exists;
    history.availability = net.model.availability;
    return history;
  }

  double chance() { return static_cast<double>(random() >> 11) * 0x1p-53; }

 private:
  struct Host {
    bool exists = false;
    bool on = false;
    double availability = 0;
    Time until;  // it stays so
  };
  struct Net {
    Model model;
    std::vector<Host> hosts;
    std::vector<Outage> outages;
  };

  uint64_t random() { return mixBits(state_++); }
  // Sessions, and what lies between them, are exponential.
  std::chrono::microseconds stay(const Model& model, const Host& host) {
    const double mean = static_cast<double>(model.session.count());
    const double off = mean * (1 - host.availability) / host.availability;
    const double drawn = -std::log(1 - chance()) * (host.on ? mean : off);
    return std::chrono::microseconds(1 + static_cast<int64_t>(drawn * 1e6));
  }

  std::map<uint32_t, Net> nets_;
  uint64_t state_;
  Time begin_;
};

// Lets an engine probe the simulated blocks from `from` to `until`, in steps. `log` sees each outcome.
template <class Log>
void probeSimulated(Engine& engine, SimulatedBlocks& network, Time from, Time until, const Log& log,
                    std::chrono::microseconds step = std::chrono::seconds(1)) {
  std::vector<Probe> probes(4096);
  std::vector<Outcome> silences;
  for (Time now = from; now < until; now += step) {
    silences.clear();
    engine.expire(now, silences);
    for (const Outcome& outcome : silences) log(outcome);
    for (size_t count = probes.size(); count == probes.size();) {
      count = engine.due(now, probes);
      for (size_t i = 0; i < count; ++i) {
        if (!network.answers(probes[i].target, now)) continue;
        const Outcome reply = rounded({.sent = now,
                                       .target = probes[i].target,
                                       .answer = Answer::kReply,
                                       .rtt = std::chrono::milliseconds(40)});
        if (engine.settle(reply).counted) log(reply);
      }
    }
  }
}

}  // namespace nightjar::blocks
