// The sources, notes, networks and incidents of a store (docs/store.md, "Tables").
#pragma once

#include <span>
#include <vector>

#include "series/sqlite.h"
#include "series/store.h"

namespace nightjar::series {

// All calls run within the transaction that their caller has opened; see Store for what they do.
class RecordTable {
 public:
  // REQUIRES: outlived by `database`.
  explicit RecordTable(Database& database);

  Result<void> addSource(const Source& source);
  Result<std::vector<Source>> sources();

  Result<void> putNotes(std::span<const Note> notes);
  Result<std::vector<Note>> notes();

  Result<void> putNetworks(std::span<const NetworkName> networks);
  Result<std::vector<NetworkName>> networks();

  Result<uint32_t> putIncident(const StoredIncident& incident);
  Result<std::vector<StoredIncident>> incidents(const IncidentFilter& filter);
  Result<std::vector<StoredIncident>> revisions(const std::string& id);

  // Fails with kInvalid at the first damaged row.
  Result<void> verify();

 private:
  Result<std::vector<StoredIncident>> readIncidents(Rows& rows);
  std::unexpected<Error> damaged(const char* table) const;

  Database& database_;
  Statement findSource_;
  Statement addSource_;
  Statement sources_;
  Statement anyNotes_;
  Statement putNote_;
  Statement notes_;
  Statement putNetwork_;
  Statement networks_;
  Statement putIncident_;
  Statement incidents_;
  Statement revisions_;
};

}  // namespace nightjar::series
