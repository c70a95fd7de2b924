#include "app/snapshot_reader.h"

#include <unordered_map>
#include <vector>

namespace nightjar::app {

Result<SnapshotReader> SnapshotReader::open(const std::string& store) {
  auto opened = series::openStoreForReading(store);
  if (!opened) return std::unexpected(opened.error());
  return SnapshotReader(std::move(*opened));
}

Result<std::shared_ptr<const serve::Snapshot>> SnapshotReader::read() {
  const auto networks = store_->networks();
  if (!networks) return std::unexpected(networks.error());
  std::unordered_map<uint32_t, std::string> names;
  for (const series::NetworkName& network : *networks) names[network.asn.number] = network.name;
  return serve::readSnapshot(*store_, [&](const Entity& entity) {
    const auto asn = entity.asn();
    const auto known = asn ? names.find(asn->number) : names.end();
    if (known == names.end()) return places_.of(entity);
    return known->second.empty() ? std::vector<std::string>() : std::vector{known->second};
  });
}

}  // namespace nightjar::app
