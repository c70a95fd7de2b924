// Which blocks are up: who is asked next, and what the answers say.
//
// After Trinocular (Quan, Heidemann, Pradkin: "Trinocular: Understanding Internet Reliability Through
// Adaptive Probing", SIGCOMM 2013). docs/blocks.md tells the model, its numbers, and where and why it departs
// from it.
#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/address.h"
#include "base/byte_reader.h"
#include "base/result.h"
#include "base/time.h"
#include "probing/blocks/outcome.h"

namespace nightjar::blocks {

struct Parameters {
  // Every block is asked once a round, and a little sooner than that (docs/blocks.md). The budget below is
  // per round and per six rounds, so that six rounds are an hour.
  std::chrono::microseconds round = std::chrono::minutes(10);
  // How long a reply is waited for; a further probe of the same block goes out no sooner.
  std::chrono::microseconds wait = std::chrono::seconds(3);
  uint32_t perRound = 15;  // probes of one block: Trinocular's 1 + 14. At most 15
  uint32_t perHour = 19;   // probes of one block in six rounds: "under 20". At least 6
  // Whether a block that falls silent may have a round's probes at once and be asked less in the hour after:
  // perHour then holds on average, as Trinocular's 20 does. Without, it holds in any hour, turns come once a
  // round, and where probes are lost, outages take longer to be found.
  bool borrow = true;
  uint64_t seed = 1;  // of the order within a round
  // Whether addresses that were never seen to answer are asked too. Without it only those of the histories,
  // and those listed in IPv6.
  bool scan = true;
};

enum class State : uint8_t {
  kUnknown,  // never answered yet, or silent without enough evidence to call it down
  kUp,
  kDown,
};

enum class Standing : uint8_t {
  kLearning,  // not all of its addresses were asked yet
  kTrusted,   // E(b) >= 15 and A >= 0.1, and then for as long as not less than 10 or 0.05: its state may be
              // told by itself
  kSparse,    // neither: to be counted in groups only
};

// What is known of a block beforehand.
struct History {
  std::bitset<256> everActive;  // by last octet; none set: not known which
  double availability = 0;      // A(E(b)): the share of them that answers
};

struct Probe {
  Address target;
  uint32_t block = 0;
  double expected = 0;  // P(reply | up) of the address; 0 for one that never answered
};

// What a steady address that answers tells of the probes before: of loss on the way, for who has left is
// silent. As many answer again as were not lost, and of those that were lost, as many answer the next time;
// so kMissedOnce over kAgain is the share that is lost.
enum class Passage : uint8_t {
  kNothing,
  kAgain,       // it had answered the last time
  kMissedOnce,  // it had missed the last time, and answered the time before; the block was not down
};

// What one outcome did.
struct Settled {
  bool counted = false;  // false: a duplicate, too late, a reference target, or of no block of ours
  uint32_t block = 0;
  State before = State::kUnknown;
  State after = State::kUnknown;
  // P(reply | up) of the address that was asked, as it stood before; 0 for an address that never answered
  // before. For groups of sparse blocks: replies over the sum of this is about 1 while they are up.
  double expected = 0;
  Passage passage = Passage::kNothing;  // of blocks that are up, and of which all is learnt
};

struct Status {
  Prefix prefix;
  State state = State::kUnknown;
  Time since;  // of the state; an outage begins with the first probe that was not answered
  Standing standing = Standing::kLearning;
  uint32_t everActive = 0;        // E(b)
  double availability = 0;        // A(E(b))
  double recentAvailability = 0;  // P(reply | up) of addresses that answered when they were asked last
  double belief = 0;              // B(up), within [0.01, 0.99]
};

struct Counters {
  uint64_t probes = 0;  // handed out by due()
  uint64_t replies = 0;
  uint64_t silences = 0;
  uint64_t unreachables = 0;
  uint64_t ignored = 0;    // outcomes that were not counted
  uint64_t forgotten = 0;  // probes given up without an outcome: the clock stepped, or unsent()
  uint64_t skipped = 0;    // turns of blocks that nobody took within a round
};

// The same outcomes, each block's in the order of their sending, give the same state, whether they are
// settled live or applied from a log; integers only, so on every machine. No clock, no I/O, not thread-safe.
// Memory: at most 64 bytes an IPv4 block, which come to hand one by one unless reserve() was called.
class Engine {
 public:
  explicit Engine(const Parameters& parameters = {});
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();

  const Parameters& parameters() const;

  void reserve(uint32_t blocks);
  // An IPv4 /24. Fails with kInvalid for anything else. A block that is there already stays as it is. Adding
  // changes the numbers of the blocks.
  Result<void> add(const Prefix& block, const History* history = nullptr);
  // IPv6 addresses: those of one /48 (by 256) are a block, of which nothing else is asked. Addresses that are
  // there already are passed over. Fails with kInvalid where one is of IPv4.
  Result<void> addListed(std::span<const Address> addresses);
  // Adds the blocks of targets that are not known yet, for logs that bring no state.
  void adopt(std::span<const Outcome> outcomes);
  // From now on never asked. A block of which all is excluded keeps its state.
  void exclude(const Prefix& prefix);

  // Blocks are numbered from 0: IPv4 in the order of their addresses, then IPv6 as they were added.
  uint32_t size() const;
  std::optional<uint32_t> find(const Address& address) const;
  // Of a block that is neither surely up nor down, `since` tells the first unanswered probe.
  // REQUIRES: block < size().
  Status status(uint32_t block) const;

  // Fills `out` with what is to be sent now, and counts it as sent at `now` (rounded() has the resolution;
  // the outcome's `sent` must be the same); returns how many. A block has at most one probe under way. Call
  // it, and expire(), at least once a second: after a pause of more than the wait and two seconds, as after a
  // step of the clock, probes under way are forgotten instead of being taken for unanswered.
  size_t due(Time now, std::span<Probe> out);
  // The probe could not be sent. Its block is asked again in the next round.
  void unsent(const Address& target);
  // The probe was sent, and what became of it says nothing: the prober's own line was down. It counts in the
  // budget alone; its block is asked again in the next round.
  void forget(const Address& target);
  // A reply, or an unreachable, to a probe that is under way. `outcome` is to be rounded() before.
  Settled settle(const Outcome& outcome);
  // Ends the wait of probes: appends to `out` an outcome kNone for each that nothing came back for. They have
  // been taken into account. `out` has what settle() told of them at the same place of `settled`, if given.
  // Replies that have arrived are to be settled before.
  void expire(Time now, std::vector<Outcome>& out, std::vector<Settled>* settled = nullptr);

  // An outcome of a log.
  Settled apply(const Outcome& outcome);

  const Counters& counters() const;

  // The state in self-contained pieces of at most 1 MiB; probes under way are no part of it. The pieces of
  // one state are numbered from 0 to pieces() - 1.
  size_t pieces() const;
  std::vector<uint8_t> save(size_t piece) const;
  enum class Intake {
    kAll,    // adds the blocks that are not there: for a log, which tells what was watched
    kKnown,  // passes them over: for a restart, where the targets may have changed
  };
  // Replaces the state of the piece's blocks. Fails with kInvalid or kUnsupported, and then changes nothing.
  Result<void> load(Bytes piece, Intake intake);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What a piece says of itself, without loading it. Fails as Engine::load does.
struct PieceHead {
  uint32_t piece = 0;   // its number
  uint32_t pieces = 0;  // of the state that it is part of
  uint32_t blocks = 0;
};
Result<PieceHead> checkPiece(Bytes piece);

}  // namespace nightjar::blocks
