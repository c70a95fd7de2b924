// The HTTP API over one store. ui/ and docs/api.md describe it; openapi.json is the contract.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "series/store.h"
#include "serve/evidence.h"
#include "serve/router.h"
#include "serve/snapshot.h"

namespace nightjar::serve {

struct ApiOptions {
  std::string version;  // "0.1.0"
  Evidence evidence = {};
};

// Not thread-safe: each serving thread has an Api and a store handle of its own.
class Api {
 public:
  // `store` must outlive the object.
  Api(series::Store& store, std::shared_ptr<const Snapshot> snapshot, ApiOptions options)
      : store_(store), snapshot_(std::move(snapshot)), options_(std::move(options)) {}

  // Adds its routes; the router must not outlive the object.
  void addTo(Router& router);

  // Answers from now on by what was read of the store later.
  void show(std::shared_ptr<const Snapshot> snapshot) { snapshot_ = std::move(snapshot); }

  // For what is not in the snapshot: series, documents.
  series::Store& store() { return store_; }
  const ApiOptions& options() const { return options_; }
  // Until show().
  uint64_t snapshotNumber() const { return snapshot_->number; }
  const Catalog& catalog() const { return snapshot_->catalog; }
  const std::vector<IncidentHead>& incidents() const { return snapshot_->incidents; }
  const std::vector<series::Source>& sources() const { return snapshot_->sources; }
  const std::vector<series::Note>& notes() const { return snapshot_->notes; }
  const Judgement& judgement() const { return snapshot_->judgement; }
  const std::string& simulation() const { return snapshot_->simulation; }
  const std::string& trouble() const { return snapshot_->trouble; }
  const std::string& geoSource() const { return snapshot_->geo_source; }

 private:
  series::Store& store_;
  std::shared_ptr<const Snapshot> snapshot_;
  ApiOptions options_;
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
