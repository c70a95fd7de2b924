// The loop of a prober: what is due goes out, what comes back is settled, and every second is put on record.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "probing/blocks/engine.h"
#include "probing/link/network.h"
#include "probing/tally/instrument.h"
#include "probing/tally/uplink_watch.h"
#include "probing/targets/exclusions.h"

namespace nightjar::app {

// Where the prober's record goes.
class ProbeRecord {
 public:
  virtual ~ProbeRecord() = default;
  // What was settled in [from, until).
  virtual void settled(Time from, Time until, std::vector<blocks::Outcome> outcomes) = 0;
  // Whether the engine's whole state has to stand before what is settled from `from` on (a new log begins).
  virtual bool wantsState(Time from) = 0;
  virtual void state(Time at, std::vector<uint8_t> piece) = 0;
};

struct ProberOptions {
  blocks::Method method = blocks::Method::kIcmpEcho;
  uint16_t port = 0;  // of kTcpSyn
  std::chrono::microseconds round = std::chrono::minutes(10);
  tally::UplinkWatch::Options uplink;  // references: set by the prober
  std::vector<Address> references;
  Address source;     // stands in the log for the world as a reference
  size_t batch = 64;  // probes handed to the network at a time
};

struct ProberTotals {
  uint64_t sent = 0;
  uint64_t replies = 0;
  uint64_t unreachable = 0;
  uint64_t silences = 0;
  uint64_t refused = 0;        // targets that the system would not send to
  uint64_t refrained = 0;      // due, but excluded since
  uint64_t failedWindows = 0;  // of the uplink
  uint64_t withheld = 0;       // silences that are not counted, because the uplink had failed
  uint64_t ignored = 0;        // duplicates, and answers from elsewhere
};

// One thread, no clock but the network's: with a simulated network the same always happens. docs/probing.md
// tells the method.
class Prober {
 public:
  // All must outlive the object; `vantage` is the instrument's, of `engine`. `tell` is told what somebody who
  // watches ought to know.
  Prober(link::Network& network, blocks::Engine& engine, tally::Instrument& instrument,
         tally::Vantage& vantage, ProbeRecord& record, ProberOptions options,
         std::function<void(const std::string&)> tell);

  // One turn: some milliseconds. Fails with what the instrument's sink fails with.
  Result<void> turn();
  // From now on nothing of this is sent to.
  void exclude(targets::Exclusions exclusions);
  // Ends the second in hand, without waiting for what is under way.
  Result<void> finish();

  const ProberTotals& totals() const { return totals_; }

 private:
  struct UnderWay {
    Time sent;
    Address target;
  };
  struct ToSend {
    link::Probe probe;
    Time due;
    uint32_t block = 0;   // none for a reference
    double expected = 0;  // blocks::Probe
  };
  struct AddressHash {
    size_t operator()(const Address& address) const noexcept;
  };

  Result<void> mindTheClock(Time now);
  void askReferences(Time now);
  void takeDue(Time now);
  void send(Time now);
  void noteSent(Time now, const ToSend& sent);
  void giveBack();
  void lineDown(Time now, int systemError);
  void receive(Time until);
  void take(const link::Reply& reply);
  bool takeReference(const link::Reply& reply);
  void judgeUplink(Time now);
  void settleWindow(int64_t window, bool healthy);
  void settleUnreachable(const blocks::Outcome& outcome);
  void tellUplink(bool healthy, Time since);
  void expire(Time now);
  uint32_t epochOf(Time now) const;
  void put(const blocks::Outcome& outcome, const blocks::Settled& settled);
  void putReference(Time sent, const Address& target, bool answered, std::chrono::microseconds rtt);
  Result<void> flush(Time now);
  Result<void> flushTo(Time until);
  void recordState(Time at);
  bool isReference(const Address& address) const { return references_.contains(address); }

  link::Network& network_;
  blocks::Engine& engine_;
  tally::Instrument& instrument_;
  tally::Vantage& vantage_;
  ProbeRecord& record_;
  ProberOptions options_;
  std::function<void(const std::string&)> tell_;
  targets::Exclusions exclusions_;
  tally::UplinkWatch uplink_;
  ProberTotals totals_;

  std::set<Address> references_;
  std::optional<int64_t> referenceWindow_;  // the last in which they were asked
  std::deque<UnderWay> referencesUnderWay_;
  // Probes that nothing came back for yet: target, and the time that the engine counts as that of sending.
  std::unordered_map<Address, Time, AddressHash> waiting_;
  std::deque<UnderWay> unjudged_;             // probes whose window is not judged yet
  std::vector<blocks::Outcome> unreachable_;  // held back until then: the uplink's own routers say it too
  bool uplinkFailed_ = false;

  std::vector<blocks::Probe> due_;
  std::deque<ToSend> toSend_;
  std::optional<Time> notBefore_;  // the network is to be asked again at this time
  std::vector<link::Probe> batch_;
  std::vector<link::Reply> replies_;
  std::vector<blocks::Outcome> expired_;
  std::vector<blocks::Settled> expiredSettled_;

  Time last_;                             // when the turn before began
  std::optional<Time> from_;              // of the chunk in hand
  std::vector<blocks::Outcome> settled_;  // in it
};

}  // namespace nightjar::app
