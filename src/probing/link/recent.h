// Tells a packet that was seen a short while ago, in fixed memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace nightjar::link {

// Remembers the last fingerprints: 2^16 sets of four (2 MiB). A fingerprint is forgotten when four others of
// its set came after it, so that at 10,000 replies a second nearly all of the last 20 seconds are known.
class Recent {
 public:
  Recent() : sets_(size_t{1} << 16) {}

  // True when `fingerprint` is among those remembered; remembers it. REQUIRES: fingerprints are spread evenly
  // (hashes).
  bool seen(uint64_t fingerprint) {
    fingerprint |= uint64_t{fingerprint == 0};  // zero marks an empty place
    auto& set = sets_[fingerprint >> 48];
    auto place = std::ranges::find(set, fingerprint);
    const bool known = place != set.end();
    if (!known) --place;
    std::rotate(set.begin(), place, place + 1);  // the newest comes first
    set[0] = fingerprint;
    return known;
  }

 private:
  std::vector<std::array<uint64_t, 4>> sets_;
};

}  // namespace nightjar::link
