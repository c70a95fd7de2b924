#include "serve/api.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <utility>

namespace nightjar::serve {

Result<std::unique_ptr<Api>> Api::open(series::Store& store, ApiOptions options) {
  auto api = std::unique_ptr<Api>(new Api(store, std::move(options)));
  if (const auto read = api->refresh(); !read) return std::unexpected(read.error());
  return api;
}

void Api::addTo(Router& router) {
  addStatusRoutes(*this, router);
  addEntityRoutes(*this, router);
  addSeriesRoutes(*this, router);
  addIncidentRoutes(*this, router);
  addEvidenceRoutes(*this, router);
  addInstrumentRoutes(*this, router);
  addIodaRoutes(*this, router);
}

Result<void> Api::refresh() {
  auto catalog = Catalog::read(store_, options_.names_of);
  if (!catalog) return std::unexpected(catalog.error());
  auto sources = store_.sources();
  if (!sources) return std::unexpected(sources.error());
  catalog_ = std::move(*catalog);
  sources_ = std::move(*sources);
  std::set<std::string> maps;
  simulation_.clear();
  for (const series::Source& source : sources_) {
    if (simulation_.empty()) simulation_ = source.simulation;
    if (!source.geolocation.empty()) maps.insert(source.geolocation);
  }
  geo_source_ = fmt::format("{}", fmt::join(maps, "; "));
  return {};
}

}  // namespace nightjar::serve
