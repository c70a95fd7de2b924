#include "episode/probing_log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <queue>
#include <vector>

#include "episode/archives.h"
#include "probing/blocks/engine.h"
#include "probing/log/log.h"
#include "probing/log/record.h"
#include "probing/tally/uplink_watch.h"

namespace nightjar::episode {
namespace {

using std::chrono::seconds;

// The log is written in pieces of this length: the shortest bin that there is.
constexpr seconds kPiece(60);

// The bytes that probe_log::LogWriter writes, without its care: a simulation that is killed is run again, so
// nothing waits for the disk.
class LogFile {
 public:
  LogFile(const std::string& path, const probe_log::Header& header)
      : path_(path), file_(std::fopen(path.c_str(), "wbe")) {
    std::vector<uint8_t> bytes(probe_log::kMagic.begin(), probe_log::kMagic.end());
    putRecord(bytes, probe_log::RecordKind::kHeader, packHeader(header));
    write(bytes);
  }

  // What was settled in [from, until).
  void append(Time from, Time until, std::vector<blocks::Outcome>& outcomes) {
    std::sort(outcomes.begin(), outcomes.end());
    std::vector<uint8_t> bytes;
    std::span<const blocks::Outcome> rest = outcomes;
    do {
      const auto part = rest.first(std::min(rest.size(), probe_log::kMostOutcomes));
      putRecord(bytes, probe_log::RecordKind::kOutcomes, probe_log::packOutcomes(from, until, part));
      rest = rest.subspan(part.size());
    } while (!rest.empty());
    write(bytes);
  }

  // Bytes written.
  Result<uint64_t> close() {
    if (!failed_ && std::fclose(file_.release()) == 0) return size_;
    return failIn(path_, {ErrorKind::kIo, std::strerror(errno)});
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void write(Bytes bytes) {
    if (failed_) return;
    failed_ = !file_ || std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size();
    size_ += bytes.size();
  }

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  bool failed_ = false;
  uint64_t size_ = 0;
};

// A prober without a network: time is a number, and what becomes of a probe is known when it is sent.
class SimulatedProber {
 public:
  SimulatedProber(const Facts& facts, const HostWorld& hosts, LogFile& log)
      : facts_(facts), hosts_(hosts), log_(log), uplink_(uplinkOptions()), engine_(parametersOf(facts)) {}

  Result<ProbingCount> run() {
    for (const ProbedBlock& block : hosts_.blocks()) {
      if (auto added = engine_.add(block.prefix()); !added) return std::unexpected(added.error());
    }
    for (Time now = facts_.from; now < facts_.until; now += seconds(1)) {
      receive(now);
      judgeUplink(now);
      engine_.expire(now, outcomes_);
      askReferences(now);
      sendProbes(now);
      if (now - written_ < kPiece) continue;
      write(now);
    }
    write(facts_.until);
    count_.blocks = hosts_.blocks().size();
    return count_;
  }

 private:
  struct Arrival {
    Time at;
    blocks::Outcome outcome;
    bool operator<(const Arrival& other) const {  // the earliest is on top of the queue
      return at != other.at ? at > other.at : outcome > other.outcome;
    }
  };

  static tally::UplinkWatch::Options uplinkOptions() {
    tally::UplinkWatch::Options options;
    options.references = true;
    return options;
  }
  // A silence is final when the prober knows that its own line stood.
  static blocks::Parameters parametersOf(const Facts& facts) {
    blocks::Parameters parameters;
    parameters.round = facts.prober->round;
    parameters.wait = tally::UplinkWatch(uplinkOptions()).delay();
    parameters.seed = facts.seed;
    return parameters;
  }

  void receive(Time now) {
    for (; !arrivals_.empty() && arrivals_.top().at <= now; arrivals_.pop()) {
      const blocks::Outcome outcome = blocks::rounded(arrivals_.top().outcome);
      if (outcome.reference && outcome.answer == blocks::Answer::kReply)
        uplink_.referenceAnswered(outcome.sent);
      if (outcome.reference || engine_.settle(outcome).counted) outcomes_.push_back(outcome);
    }
  }

  // What was silent while nobody could be heard is held against nobody.
  void judgeUplink(Time now) {
    while (const auto verdict = uplink_.judge(now)) {
      for (; !silent_.empty() && uplink_.windowOf(silent_.front().sent) <= verdict->window;
           silent_.pop_front()) {
        if (!verdict->healthy) engine_.unsent(silent_.front().target);
      }
    }
  }

  void askReferences(Time now) {
    if (uplink_.windowOf(now) == asked_) return;
    asked_ = uplink_.windowOf(now);
    for (const Address& reference : facts_.prober->references) {
      uplink_.referenceSent(now);
      const auto outcome = hosts_.probe(now, reference, true);
      const bool answered = outcome.answer == blocks::Answer::kReply;
      arrivals_.push({now + (answered ? outcome.rtt : uplinkOptions().wait), outcome});
      ++count_.probes;
    }
  }

  void sendProbes(Time now) {
    for (size_t count = due_.size(); count == due_.size();) {
      count = engine_.due(now, due_);
      for (size_t i = 0; i < count; ++i) {
        const auto outcome = hosts_.probe(now, due_[i].target, false);
        if (outcome.answer == blocks::Answer::kReply) {
          arrivals_.push({now + outcome.rtt, outcome});
        } else {
          silent_.push_back(outcome);
        }
      }
      count_.probes += count;
    }
  }

  void write(Time until) {
    log_.append(written_, until, outcomes_);
    outcomes_.clear();
    written_ = until;
  }

  const Facts& facts_;
  const HostWorld& hosts_;
  LogFile& log_;
  tally::UplinkWatch uplink_;
  blocks::Engine engine_;
  std::array<blocks::Probe, 256> due_;
  std::priority_queue<Arrival> arrivals_;
  std::deque<blocks::Outcome> silent_;     // whose window was not judged yet
  int64_t asked_ = -1;                     // the window in which the references were asked last
  std::vector<blocks::Outcome> outcomes_;  // that are not yet written
  Time written_ = facts_.from;             // up to here
  ProbingCount count_;
};

}  // namespace

std::string probingLogName(const Prober& prober) {
  return prober.name + ".probes";
}

Result<ProbingCount> writeProbingLog(const Facts& facts, const HostWorld& hosts, const std::string& path) {
  probe_log::Header header;
  header.prober = facts.prober->name;
  header.program = "nightjar episode";
  header.simulation = viewName(facts);
  header.begun = facts.from;
  header.source = facts.prober->address;
  header.round = facts.prober->round;
  LogFile log(path, header);
  auto count = SimulatedProber(facts, hosts, log).run();
  if (!count) return count;
  const auto bytes = log.close();
  if (!bytes) return std::unexpected(bytes.error());
  count->bytes = *bytes;
  return count;
}

}  // namespace nightjar::episode
