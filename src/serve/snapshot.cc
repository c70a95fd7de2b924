#include "serve/snapshot.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <tuple>
#include <utility>

namespace nightjar::serve {

uint64_t nextSnapshotNumber() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

Result<std::shared_ptr<const Snapshot>> readSnapshot(series::Store& store, const NamesOf& names_of) {
  auto catalog = Catalog::read(store, names_of);
  if (!catalog) return std::unexpected(catalog.error());
  auto sources = store.sources();
  if (!sources) return std::unexpected(sources.error());
  auto notes = store.notes();
  if (!notes) return std::unexpected(notes.error());
  auto incidents = store.incidents({});
  if (!incidents) return std::unexpected(incidents.error());
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->number = nextSnapshotNumber();
  snapshot->catalog = std::move(*catalog);
  snapshot->sources = std::move(*sources);
  snapshot->notes = std::move(*notes);
  snapshot->judgement = Judgement::of(snapshot->notes);
  snapshot->incidents.reserve(incidents->size());
  for (series::StoredIncident& one : *incidents) {
    IncidentHead& head = snapshot->incidents.emplace_back(headOf(std::move(one)));
    // Documents do not name regions, so that they come out alike where no list of these is installed.
    const auto names = head.name.empty() ? names_of(head.stored.entity) : std::vector<std::string>();
    if (!names.empty()) head.name = names.front();
  }
  std::sort(snapshot->incidents.begin(), snapshot->incidents.end(),
            [](const IncidentHead& a, const IncidentHead& b) {
              return std::tie(b.stored.onset, a.stored.id) < std::tie(a.stored.onset, b.stored.id);
            });
  std::set<std::string> maps;
  for (const series::Source& source : snapshot->sources) {
    if (snapshot->simulation.empty()) snapshot->simulation = source.simulation;
    if (!source.geolocation.empty()) maps.insert(source.geolocation);
  }
  snapshot->geo_source = fmt::format("{}", fmt::join(maps, "; "));
  return snapshot;
}

}  // namespace nightjar::serve
