// The HTTP API over one store. ui/ and docs/api.md describe it; openapi.json is the contract.
#pragma once

#include <memory>
#include <string>

#include "series/store.h"
#include "serve/catalog.h"
#include "serve/evidence.h"
#include "serve/router.h"

namespace nightjar::serve {

struct ApiOptions {
  NamesOf names_of;
  std::string version;  // "0.1.0"
  Evidence evidence = {};
};

// Not thread-safe: each serving thread has an Api and a store handle of its own.
class Api {
 public:
  // `store` must outlive the object. Fails with what the store fails with.
  static Result<std::unique_ptr<Api>> open(series::Store& store, ApiOptions options);

  // Adds its routes; the router must not outlive the object.
  void addTo(Router& router);

  // Reads anew what is kept in memory: the names of the series, the sources. To be called when the store has
  // changed; what is asked for by time is read from the store each time.
  Result<void> refresh();

  series::Store& store() { return store_; }
  const Catalog& catalog() const { return catalog_; }
  const ApiOptions& options() const { return options_; }
  // Empty for measurements; else the sentence that says what was simulated. Every document carries it.
  const std::string& simulation() const { return simulation_; }
  const std::string& geoSource() const { return geo_source_; }
  const std::vector<series::Source>& sources() const { return sources_; }

 private:
  Api(series::Store& store, ApiOptions options) : store_(store), options_(std::move(options)) {}

  series::Store& store_;
  ApiOptions options_;
  Catalog catalog_;
  std::vector<series::Source> sources_;
  std::string simulation_, geo_source_;
};

// Each in a file of its name.
void addStatusRoutes(Api& api, Router& router);
void addEntityRoutes(Api& api, Router& router);
void addSeriesRoutes(Api& api, Router& router);
void addIncidentRoutes(Api& api, Router& router);
void addEvidenceRoutes(Api& api, Router& router);
void addInstrumentRoutes(Api& api, Router& router);
void addIodaRoutes(Api& api, Router& router);

}  // namespace nightjar::serve
