#include "probing/tally/uplink_watch.h"

#include <algorithm>

namespace nightjar::tally {

UplinkWatch::Window& UplinkWatch::at(Time time) {
  const int64_t number = windowOf(time);
  if (windows_.empty() || windows_.back().number < number) {
    windows_.push_back({number, 0, 0, false, {}});
    return windows_.back();
  }
  const auto place = std::partition_point(windows_.begin(), windows_.end(),
                                          [number](const Window& w) { return w.number < number; });
  // What comes for a window that is forgotten or was never there (the clock stepped back) bears on the
  // oldest.
  return *place;
}

void UplinkWatch::probeSent(Time sent, uint32_t country, double expected) {
  if (!options_.references) at(sent).countries[country].expected += expected;
}

void UplinkWatch::probeAnswered(Time sent, uint32_t country, double expected) {
  // An answer counts only against its own probe: one that was not expected is no proof.
  if (!options_.references && expected > 0) at(sent).countries[country].answered += 1;
}

bool UplinkWatch::referencesAnswer(size_t index) const {
  const auto failed = [](const Window& w) { return w.asked > 0 && w.answered < kLeastReferences * w.asked; };
  if (failed(windows_[index])) return false;
  const bool next = index + 1 < windows_.size() && windows_[index + 1].number == windows_[index].number + 1;
  return !next || !failed(windows_[index + 1]);
}

bool UplinkWatch::worldAnswers(size_t index) const {
  // Windows are added until they say enough, the one after it first: the newest tells most of a line that has
  // just failed.
  std::map<uint32_t, Country> sum;
  double expected = 0;
  const auto add = [&](const Window& window) {
    for (const auto& [number, country] : window.countries) {
      sum[number].expected += country.expected;
      sum[number].answered += country.answered;
      expected += country.expected;
    }
  };
  if (index + 1 < windows_.size()) add(windows_[index + 1]);
  const int64_t oldest = windowOf(startOf(windows_[index].number) - kWorldMemory);
  for (size_t left = index + 1; left > 0 && windows_[left - 1].number >= oldest; --left) {
    add(windows_[left - 1]);
    if (expected >= kFewestExpected) break;
  }
  if (expected < kFewestExpected) return true;
  return std::any_of(sum.begin(), sum.end(), [](const auto& entry) {
    const Country& country = entry.second;
    return country.expected >= kFewestOfCountry && country.answered >= kLeastWorld * country.expected;
  });
}

std::optional<UplinkWatch::Verdict> UplinkWatch::judge(Time now) {
  if (judged_ == windows_.size()) return std::nullopt;
  const Window& window = windows_[judged_];
  if (startOf(window.number + 2) + options_.wait > now) return std::nullopt;
  const bool healthy =
      !window.down && (options_.references ? referencesAnswer(judged_) : worldAnswers(judged_));
  const Verdict verdict{window.number, healthy};
  ++judged_;
  while (judged_ > 1 && startOf(windows_.front().number + 2) + kWorldMemory + delay() < now) {
    windows_.pop_front();
    --judged_;
  }
  return verdict;
}

}  // namespace nightjar::tally
