// Where measurements and incidents are kept: the interface that instruments write to and detectors read from.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/asn.h"
#include "base/entity.h"
#include "base/result.h"
#include "base/time.h"
#include "series/packed_series.h"
#include "series/series.h"

namespace nightjar::series {

// The store's own short name of a series: small, dense, never reused, valid for this store only.
struct SeriesId {
  uint32_t number = 0;
  auto operator<=>(const SeriesId&) const = default;
};

// One series' point in the bin that it is appended to.
struct Sample {
  SeriesId series;
  Point point;
};

// What an append did, counted in samples.
struct Appended {
  uint64_t added = 0;
  uint64_t replaced = 0;   // the bin held another value or coverage: the newest wins
  uint64_t unchanged = 0;  // the bin held the same already
};

struct SeriesInfo {
  SeriesId id;
  SeriesKey key;
  Bin first;  // the first and the last bin with a value
  Bin last;
};

// Which series are meant. Empty fields ask nothing; all that are set must hold. "Every AS*@KZ" is
// {.kind = EntityKind::kNetworkInCountry, .country = "KZ"}.
struct SeriesFilter {
  Signal signal = {};
  std::optional<Entity> entity = {};
  std::optional<EntityKind> kind = {};
  std::string country = {};  // Entity::countryCode()

  bool matches(const SeriesKey& key) const;
};

// How much is packed at once: as many series as take no more than this in memory, and at least so many.
struct PackLimit {
  size_t most_bytes;
  size_t least = 1;
};

// Where measurements came from: one row for each input that was read into the store.
struct Source {
  std::string input;      // the file's name, or the address of a live feed
  std::string collector;  // "rrc00"; empty where there is none
  std::string kind;       // "rib", "updates", "import", ...
  Time from;              // the first and last time stamp that was used
  Time until;
  std::string geolocation;  // the map that placed it, name and version; empty where none was used
  std::string simulation;   // empty for real measurements; else the sentence that says what was simulated
  std::string program;      // "nightjar 0.1.0"
  bool operator==(const Source&) const = default;
};

// The last word on something that measures or was read, beside the sources: how a collector's peers stand,
// the hash of an input, what a judgement left untold. Each kind and name has one; the store knows nothing of
// what `json` says.
struct Note {
  std::string kind;  // "collector", "prober", "input", "judgement"
  std::string name;
  Time at;           // an older word does not replace a newer one
  std::string json;  // an object
  bool operator==(const Note&) const = default;
};

// What a network is called, and how its customers reach it.
struct NetworkName {
  Asn asn;
  std::string name;    // "Kcell"; empty if only the access is known
  std::string access;  // "mobile", "fixed", "mixed"; empty if only the name is known
  bool operator==(const NetworkName&) const = default;
};

// A judgement as it was published. The store reads only the named fields; `json` is the whole document.
struct StoredIncident {
  std::string id;         // permanent
  uint32_t revision = 0;  // 1, 2, ...: given by the store
  std::string rule;
  Entity entity;
  Time onset;
  std::optional<Time> end;  // absent while the incident is open
  std::string json;
  bool operator==(const StoredIncident&) const = default;
};

// Which incidents are meant; as in SeriesFilter. An incident matches a time range that it overlaps.
struct IncidentFilter {
  std::optional<Entity> entity = {};
  std::string rule = {};
  std::optional<Time> from = {};
  std::optional<Time> until = {};
  std::optional<bool> open = {};
};

// A store holds series of one bin width: a bin is a number that counts widths, so that bins of two widths in
// one store could not be told apart.
//
// Values are kept exactly. Coverage is kept in steps of 1/255 (and never rounded down to none). A sample
// without coverage says nothing and changes nothing.
//
// Durability: outside a batch, a writing call that returned ok survives kill -9 and power loss; inside a
// batch this holds once commit() returned ok. A writing call that fails has changed nothing; inside a batch
// it also ends the batch, and nothing of the batch is kept.
//
// Errors carry the file's name. kIo: the system said no (full disk, no permission). kInvalid: the file is
// damaged. kUsage: the call is wrong (unknown id, value that is no finite number, write to a store that is
// open for reading, more than 16.7 million bins asked for at once).
//
// Not thread-safe: one thread at a time may use a store. Any number of readers, in this process or others,
// may have the same file open beside its one writer; each call sees one consistent state.
class Store {
 public:
  virtual ~Store() = default;

  virtual BinWidth width() const = 0;

  // The id of a series, which is made known if it is new (and kept from the first append that uses it).
  virtual Result<SeriesId> idOf(const SeriesKey& key) = 0;

  // Sets points of one bin; bins may come in any order. The last of several samples of one series wins.
  virtual Result<Appended> append(Bin bin, std::span<const Sample> samples) = 0;

  // What is written between begin() and commit() is kept together or not at all, and costs one sync.
  // REQUIRES: batches do not nest. rollback() drops the batch; without a batch it does nothing.
  virtual Result<void> begin() = 0;
  virtual Result<void> commit() = 0;
  virtual void rollback() = 0;

  // The bins [from, until) of a series: until - from points, without coverage where nothing is known (also
  // when the series itself is unknown).
  virtual Result<Series> read(const SeriesKey& key, Bin from, Bin until) = 0;

  // The same of the first of `keys`, still packed: of as many as the limit allows. Each part of the file is
  // read once for all of them, so that many series together cost little more than one of each 128 with
  // consecutive ids.
  virtual Result<std::vector<PackedSeries>> readPacked(std::span<const SeriesKey> keys, Bin from, Bin until,
                                                       const PackLimit& limit) = 0;

  // Calls `visit` once for each series that matches and has a value in [from, until), with that whole range
  // of points, in the order of the ids. An error from `visit` ends the walk and is returned. Memory use is
  // bounded, however many series and bins are walked. `visit` may not call the store.
  using Visit = std::function<Result<void>(const Series&)>;
  virtual Result<void> forEach(const SeriesFilter& filter, Bin from, Bin until, const Visit& visit) = 0;

  // The series that match and have at least one value, in the order of the ids.
  virtual Result<std::vector<SeriesInfo>> list(const SeriesFilter& filter) = 0;

  // Adds a source; one that is there already is not added again.
  virtual Result<void> addSource(const Source& source) = 0;
  // In the order in which they were added.
  virtual Result<std::vector<Source>> sources() = 0;

  virtual Result<void> putNotes(std::span<const Note> notes) = 0;
  // By kind, then name. None in a store that no later version has written to.
  virtual Result<std::vector<Note>> notes() = 0;

  // Keeps what networks are called; what was known of the same network before is replaced.
  virtual Result<void> putNetworks(std::span<const NetworkName> networks) = 0;
  // By number.
  virtual Result<std::vector<NetworkName>> networks() = 0;

  // Keeps an incident and returns its revision: the last one if nothing but `revision` differs from it, else
  // a new one. Old revisions stay.
  virtual Result<uint32_t> putIncident(const StoredIncident& incident) = 0;
  // The latest revision of each incident that matches, by onset, then id.
  virtual Result<std::vector<StoredIncident>> incidents(const IncidentFilter& filter) = 0;
  // Every revision of one incident, oldest first; empty if it is unknown.
  virtual Result<std::vector<StoredIncident>> revisions(const std::string& id) = 0;

  // Reads everything once and fails with kInvalid at the first damage.
  virtual Result<void> verify() = 0;
};

// Opens a store for writing, and makes it if there is none; ":memory:" is one that lasts as long as the
// handle. `width` must be that of the store (absent: the store's own; 5 minutes for a new one).
// Fails with kConflict when another handle writes to it, the width is another one, or the file is not a
// store of Nightjar's; kUnsupported when a newer version wrote it; kInvalid when it is damaged; kIo.
// A file that is refused is left as it was.
Result<std::unique_ptr<Store>> openStore(const std::string& path, std::optional<BinWidth> width = {});

// Opens a store for reading; the file is not created or changed. Fails as openStore does, but a writer is no
// conflict.
Result<std::unique_ptr<Store>> openStoreForReading(const std::string& path);

}  // namespace nightjar::series
