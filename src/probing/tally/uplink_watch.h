// Whether the prober's own line was up: judged before silence is held against anybody else.
//
// Time is cut into windows of a few seconds. With reference targets, each of which is asked once in every
// window, a window is healthy when half of them answered in it and in the one after it (the line may have
// failed in its course). Without, the world is the reference: when what was asked of blocks that are up is
// answered nowhere any more, in no country, then it is the prober that is gone.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "base/time.h"

namespace nightjar::tally {

class UplinkWatch {
 public:
  struct Options {
    std::chrono::microseconds window = std::chrono::seconds(5);
    std::chrono::microseconds wait = std::chrono::seconds(3);  // how long a reply takes at most
    bool references = false;                                   // there are reference targets
  };
  // Of references: fewer that answer are a failure. Of what is expected of the world: likewise.
  static constexpr double kLeastReferences = 0.5;
  static constexpr double kLeastWorld = 0.3;
  // The world says nothing when fewer answers were expected in a minute, and a country when fewer were.
  static constexpr double kFewestExpected = 20;
  static constexpr double kFewestOfCountry = 3;
  static constexpr auto kWorldMemory = std::chrono::minutes(1);

  explicit UplinkWatch(const Options& options) : options_(options) {}

  const Options& options() const { return options_; }
  // Windows are numbered from the epoch.
  int64_t windowOf(Time time) const { return time.time_since_epoch() / options_.window; }
  Time startOf(int64_t window) const { return Time(window * options_.window); }

  void referenceSent(Time sent) { ++at(sent).asked; }
  void referenceAnswered(Time sent) { ++at(sent).answered; }
  // A probe of a block that is up, which answers with the probability `expected`; the country's number.
  void probeSent(Time sent, uint32_t country, double expected);
  void probeAnswered(Time sent, uint32_t country, double expected);
  // The system said that nothing goes out.
  void lineDown(Time time) { at(time).down = true; }

  // The next window to be judged, once all that bears on it has come in; each is handed out once, in order.
  // Windows in which nothing was sent are skipped.
  struct Verdict {
    int64_t window = 0;
    bool healthy = true;
  };
  std::optional<Verdict> judge(Time now);
  // How long after a probe's sending its window is judged, at most.
  std::chrono::microseconds delay() const { return options_.wait + 2 * options_.window; }

 private:
  struct Country {
    double expected = 0;  // answers, by probability
    double answered = 0;
  };
  struct Window {
    int64_t number = 0;
    uint32_t asked = 0;
    uint32_t answered = 0;
    bool down = false;
    std::map<uint32_t, Country> countries;
  };

  Window& at(Time time);
  bool referencesAnswer(size_t index) const;
  bool worldAnswers(size_t index) const;

  Options options_;
  std::deque<Window> windows_;  // by number; judged ones as long as the world's memory
  size_t judged_ = 0;           // of windows_
};

}  // namespace nightjar::tally
