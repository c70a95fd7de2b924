// The paths of peers that announce several for one prefix (add-path, RFC 7911).
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/asn.h"
#include "routing/view/prefix_key.h"
#include "routing/view/route_table.h"

namespace nightjar::view {

// The table keeps whether a peer announces a prefix; with add-path, the withdrawal of one path leaves the
// others. Holds nothing for peers without add-path.
class PathIds {
 public:
  // Some 400 MB. Paths past it are taken as if they were the peer's only one.
  static constexpr size_t kMaxPaths = 4U << 20;

  void announce(PeerIndex peer, PrefixKey prefix, uint32_t pathId, Asn origin);
  // The origin of the path that is left, the one announced first; nothing when none is.
  std::optional<Asn> withdraw(PeerIndex peer, PrefixKey prefix, uint32_t pathId);
  // The peer's table is empty, or about to be replaced.
  void clear(PeerIndex peer);
  size_t size() const { return count_; }

 private:
  struct Path {
    uint32_t id;
    Asn origin;
  };
  struct Hash {
    size_t operator()(PrefixKey key) const noexcept { return key.packed() * 0x9e3779b97f4a7c15; }
  };
  using Paths = std::unordered_map<PrefixKey, std::vector<Path>, Hash>;

  std::unordered_map<PeerIndex, Paths> peers_;
  size_t count_ = 0;
};

}  // namespace nightjar::view
