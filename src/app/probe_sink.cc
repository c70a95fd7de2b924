#include "app/probe_sink.h"

namespace nightjar::app {

Result<void> ProbeSink::take(Bin bin, std::span<const tally::EntitySample> samples) {
  samples_.clear();
  for (const auto& [key, point] : samples) {
    auto known = ids_.find(key);
    if (known == ids_.end()) {
      const auto id = store_.idOf(key);
      if (!id) return std::unexpected(id.error());
      known = ids_.emplace(key, *id).first;
    }
    samples_.push_back({known->second, point});
  }
  const auto appended = store_.append(bin, samples_);
  if (!appended) return std::unexpected(appended.error());
  return {};
}

}  // namespace nightjar::app
