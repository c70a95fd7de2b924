#include "routing/view/path_ids.h"

#include <algorithm>

namespace nightjar::view {

void PathIds::announce(PeerIndex peer, PrefixKey prefix, uint32_t pathId, Asn origin) {
  std::vector<Path>& paths = peers_[peer][prefix];
  const auto known = std::ranges::find(paths, pathId, &Path::id);
  if (known != paths.end()) {
    known->origin = origin;
  } else if (count_ < kMaxPaths) {
    paths.push_back({pathId, origin});
    ++count_;
  }
}

std::optional<Asn> PathIds::withdraw(PeerIndex peer, PrefixKey prefix, uint32_t pathId) {
  const auto paths = peers_.find(peer);
  if (paths == peers_.end()) return std::nullopt;
  const auto entry = paths->second.find(prefix);
  if (entry == paths->second.end()) return std::nullopt;
  count_ -= std::erase_if(entry->second, [pathId](const Path& path) { return path.id == pathId; });
  if (!entry->second.empty()) return entry->second.front().origin;
  paths->second.erase(entry);
  return std::nullopt;
}

void PathIds::clear(PeerIndex peer) {
  const auto paths = peers_.find(peer);
  if (paths == peers_.end()) return;
  for (const auto& [prefix, ids] : paths->second) count_ -= ids.size();
  peers_.erase(paths);
}

}  // namespace nightjar::view
