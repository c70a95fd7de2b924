// The embedded store: one SQLite file. Series and their names, points, and records have a file each; here
// they come together in transactions.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "series/record_table.h"
#include "series/sample_table.h"
#include "series/series_table.h"
#include "series/store.h"
#include "series/store_file.h"

namespace nightjar::series {
namespace {

// The most bins of one call: 159 years of 5 minutes.
constexpr int64_t kMostBins = INT64_C(1) << 24;
// What forEach holds at once.
constexpr PackLimit kWalkLimit{.most_bytes = size_t{1} << 26};

class SqliteStore final : public Store {
 public:
  SqliteStore(StoreFile file, bool writable)
      : file_(std::move(file)),
        database_(*file_.database),
        path_(std::make_shared<const std::string>(database_.path())),
        writable_(writable),
        series_(database_),
        samples_(database_),
        records_(database_) {}
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  ~SqliteStore() override { rollback(); }

  BinWidth width() const override { return file_.width; }
  Result<SeriesId> idOf(const SeriesKey& key) override;
  Result<Appended> append(Bin bin, std::span<const Sample> samples) override;
  Result<void> begin() override;
  Result<void> commit() override;
  void rollback() override;
  Result<Series> read(const SeriesKey& key, Bin from, Bin until) override;
  Result<std::vector<PackedSeries>> readPacked(std::span<const SeriesKey> keys, Bin from, Bin until,
                                               const PackLimit& limit) override;
  Result<void> forEach(const SeriesFilter& filter, Bin from, Bin until, const Visit& visit) override;
  Result<std::vector<SeriesInfo>> list(const SeriesFilter& filter) override;
  Result<void> addSource(const Source& source) override;
  Result<std::vector<Source>> sources() override;
  Result<void> putNotes(std::span<const Note> notes) override;
  Result<std::vector<Note>> notes() override;
  Result<void> putNetworks(std::span<const NetworkName> networks) override;
  Result<std::vector<NetworkName>> networks() override;
  Result<uint32_t> putIncident(const StoredIncident& incident) override;
  Result<std::vector<StoredIncident>> incidents(const IncidentFilter& filter) override;
  Result<std::vector<StoredIncident>> revisions(const std::string& id) override;
  Result<void> verify() override;

 private:
  struct Named {
    SeriesId id;
    SeriesKey key;
  };

  std::unexpected<Error> usage(std::string message) const {
    return std::unexpected(Error{ErrorKind::kUsage, std::move(message), database_.path()});
  }
  template <typename Work>
  auto write(Work work) -> decltype(work());
  template <typename Work>
  auto readOnce(Work work) -> decltype(work());
  Result<void> beginWrite();
  Result<void> commitWrite();
  Result<void> check(Bin bin, std::span<const Sample> samples);
  Result<int64_t> countBins(Bin from, Bin until) const;
  Result<uint32_t> blocks();
  Result<std::vector<Named>> namesInBlock(uint32_t block, const SeriesFilter& filter);
  PackedSeries emptyPackage(const SeriesKey& key, Bin from, int64_t bins) const {
    return {key, width(), from, static_cast<size_t>(bins), path_};
  }
  Result<size_t> visitSome(std::span<const Named> names, Bin from, Bin until, std::span<const TailBin> tail,
                           const Visit& visit);

  StoreFile file_;
  Database& database_;
  std::shared_ptr<const std::string> path_;
  bool writable_;
  bool batch_ = false;
  SeriesTable series_;
  SampleTable samples_;
  RecordTable records_;
};

// Runs `work` in the open batch, or else in a transaction of its own. Either goes with a failure.
template <typename Work>
auto SqliteStore::write(Work work) -> decltype(work()) {
  const bool own = !batch_;
  if (own) {
    if (auto begun = beginWrite(); !begun) return std::unexpected(begun.error());
  }
  auto done = work();
  if (!done) {
    rollback();
  } else if (own) {
    if (auto kept = commitWrite(); !kept) return std::unexpected(kept.error());
  }
  return done;
}

// Runs `work` on one consistent state of the file.
template <typename Work>
auto SqliteStore::readOnce(Work work) -> decltype(work()) {
  Transaction transaction(database_);
  if (auto begun = transaction.beginRead(); !begun) return std::unexpected(begun.error());
  return work();
}

Result<void> SqliteStore::beginWrite() {
  if (!writable_) return usage("it is open for reading only");
  return database_.execute("BEGIN IMMEDIATE");
}

Result<void> SqliteStore::commitWrite() {
  auto done = database_.execute("COMMIT");
  done ? series_.committed() : rollback();
  batch_ = false;
  return done;
}

Result<void> SqliteStore::begin() {
  if (batch_) return usage("a batch is open already");
  auto begun = beginWrite();
  batch_ = begun.has_value();
  return begun;
}

Result<void> SqliteStore::commit() {
  if (!batch_) return usage("no batch is open");
  return commitWrite();
}

void SqliteStore::rollback() {
  // Some failures make SQLite end the transaction itself.
  if (database_.inTransaction()) database_.rollback();
  series_.rolledBack();
  batch_ = false;
}

Result<SeriesId> SqliteStore::idOf(const SeriesKey& key) {
  if (!writable_) return usage("it is open for reading only");
  if (key.signal.empty()) return usage("a series needs a signal");
  return series_.idOf(key);
}

Result<void> SqliteStore::check(Bin bin, std::span<const Sample> samples) {
  if (bin.index < 0 || bin.index >= kBinLimit) return usage(fmt::format("bin {} is out of range", bin.index));
  const auto limit = series_.limit();
  if (!limit) return std::unexpected(limit.error());
  for (const Sample& sample : samples) {
    if (sample.series.number >= *limit)
      return usage(fmt::format("there is no series {}", sample.series.number));
    const Point& point = sample.point;
    if (point.present() && !std::isfinite(point.value)) return usage("a sample's value is no finite number");
    if (!(point.coverage >= 0 && point.coverage <= 1))
      return usage("a sample's coverage is not within 0 to 1");
  }
  return {};
}

Result<Appended> SqliteStore::append(Bin bin, std::span<const Sample> samples) {
  return write([&]() -> Result<Appended> {
    if (auto fine = check(bin, samples); !fine) return std::unexpected(fine.error());
    if (auto named = series_.writeNew(); !named) return std::unexpected(named.error());
    auto appended = samples_.append(bin, samples);
    if (!appended) return appended;
    if (auto folded = samples_.fold(); !folded) return std::unexpected(folded.error());
    return appended;
  });
}

Result<int64_t> SqliteStore::countBins(Bin from, Bin until) const {
  int64_t bins = 0;
  if (until <= from) return 0;
  if (__builtin_sub_overflow(until.index, from.index, &bins) || bins > kMostBins) {
    return usage(fmt::format("more than {} bins were asked for", kMostBins));
  }
  return bins;
}

Result<Series> SqliteStore::read(const SeriesKey& key, Bin from, Bin until) {
  const auto packed = readPacked({&key, 1}, from, until, {.most_bytes = 0});
  return packed ? packed->front().unpack() : std::unexpected(packed.error());
}

Result<std::vector<PackedSeries>> SqliteStore::readPacked(std::span<const SeriesKey> keys, Bin from,
                                                          Bin until, const PackLimit& limit) {
  const auto bins = countBins(from, until);
  if (!bins) return std::unexpected(bins.error());
  return readOnce([&]() -> Result<std::vector<PackedSeries>> {
    std::vector<PackedSeries> packed;
    std::vector<SampleTable::Wanted> wanted;
    for (const SeriesKey& key : keys) {
      const auto id = series_.find(key);
      if (!id) return std::unexpected(id.error());
      if (*id) wanted.push_back({**id, packed.size()});
      packed.push_back(emptyPackage(key, from, *bins));
    }
    if (*bins == 0 || wanted.empty()) return packed;
    std::sort(wanted.begin(), wanted.end());
    const auto tail = samples_.loadTail(from, until);
    if (!tail) return std::unexpected(tail.error());
    auto done = samples_.pack(wanted, from, until, *tail, limit, packed);
    if (!done) return std::unexpected(done.error());
    return packed;
  });
}

Result<uint32_t> SqliteStore::blocks() {
  const auto limit = series_.storedLimit();
  if (!limit) return limit;
  return *limit / kSeriesPerBlock + (*limit % kSeriesPerBlock != 0 ? 1 : 0);
}

Result<std::vector<SqliteStore::Named>> SqliteStore::namesInBlock(uint32_t block,
                                                                  const SeriesFilter& filter) {
  std::vector<Named> names;
  const uint32_t first = block * kSeriesPerBlock;
  auto done =
      series_.forEach(first, first + kSeriesPerBlock, [&](SeriesId id, const SeriesKey& key) -> Result<void> {
        if (filter.matches(key)) names.push_back({id, key});
        return {};
      });
  if (!done) return std::unexpected(done.error());
  return names;
}

Result<void> SqliteStore::forEach(const SeriesFilter& filter, Bin from, Bin until, const Visit& visit) {
  const auto bins = countBins(from, until);
  if (!bins) return std::unexpected(bins.error());
  if (*bins == 0) return {};
  return readOnce([&]() -> Result<void> {
    const auto tail = samples_.loadTail(from, until);
    if (!tail) return std::unexpected(tail.error());
    const auto blockCount = blocks();
    if (!blockCount) return std::unexpected(blockCount.error());
    for (uint32_t block = 0; block < *blockCount; ++block) {
      const auto names = namesInBlock(block, filter);
      if (!names) return std::unexpected(names.error());
      for (size_t done = 0; done < names->size();) {
        const auto visited = visitSome(std::span(*names).subspan(done), from, until, *tail, visit);
        if (!visited) return std::unexpected(visited.error());
        done += *visited;
      }
    }
    return {};
  });
}

// Visits as many of the first as can be held at once, and says how many those were.
Result<size_t> SqliteStore::visitSome(std::span<const Named> names, Bin from, Bin until,
                                      std::span<const TailBin> tail, const Visit& visit) {
  std::vector<PackedSeries> packed;
  std::vector<SampleTable::Wanted> wanted;
  for (const Named& name : names) {
    wanted.push_back({name.id, packed.size()});
    packed.push_back(emptyPackage(name.key, from, until.index - from.index));
  }
  if (auto done = samples_.pack(wanted, from, until, tail, kWalkLimit, packed); !done)
    return std::unexpected(done.error());
  for (const PackedSeries& one : packed) {
    if (one.empty()) continue;
    const auto series = one.unpack();
    if (!series) return std::unexpected(series.error());
    if (std::none_of(series->points.begin(), series->points.end(),
                     [](const Point& p) { return p.present(); }))
      continue;
    if (auto done = visit(*series); !done) return std::unexpected(done.error());
  }
  return packed.size();
}

Result<std::vector<SeriesInfo>> SqliteStore::list(const SeriesFilter& filter) {
  return readOnce([&]() -> Result<std::vector<SeriesInfo>> {
    const auto tail = samples_.loadTail({0}, {kBinLimit});
    if (!tail) return std::unexpected(tail.error());
    const auto blockCount = blocks();
    if (!blockCount) return std::unexpected(blockCount.error());
    std::vector<SeriesInfo> infos;
    for (uint32_t block = 0; block < *blockCount; ++block) {
      auto names = namesInBlock(block, filter);
      if (!names) return std::unexpected(names.error());
      if (names->empty()) continue;
      const auto extents = samples_.extents(block, *tail);
      if (!extents) return std::unexpected(extents.error());
      for (Named& name : *names) {
        const Extent& extent = (*extents)[slotOf(name.id)];
        if (!extent.empty()) infos.push_back({name.id, std::move(name.key), {extent.first}, {extent.last}});
      }
    }
    return infos;
  });
}

Result<void> SqliteStore::addSource(const Source& source) {
  return write([&] { return records_.addSource(source); });
}

Result<std::vector<Source>> SqliteStore::sources() {
  return readOnce([&] { return records_.sources(); });
}

Result<void> SqliteStore::putNotes(std::span<const Note> notes) {
  return write([&] { return records_.putNotes(notes); });
}

Result<std::vector<Note>> SqliteStore::notes() {
  return readOnce([&] { return records_.notes(); });
}

Result<void> SqliteStore::putNetworks(std::span<const NetworkName> networks) {
  return write([&] { return records_.putNetworks(networks); });
}

Result<std::vector<NetworkName>> SqliteStore::networks() {
  return readOnce([&] { return records_.networks(); });
}

Result<uint32_t> SqliteStore::putIncident(const StoredIncident& incident) {
  return write([&] { return records_.putIncident(incident); });
}

Result<std::vector<StoredIncident>> SqliteStore::incidents(const IncidentFilter& filter) {
  return readOnce([&] { return records_.incidents(filter); });
}

Result<std::vector<StoredIncident>> SqliteStore::revisions(const std::string& id) {
  return readOnce([&] { return records_.revisions(id); });
}

Result<void> SqliteStore::verify() {
  return readOnce([&]() -> Result<void> {
    const auto verdict = database_.text("PRAGMA integrity_check(1)");
    if (!verdict) return std::unexpected(verdict.error());
    if (*verdict != "ok") return std::unexpected(Error{ErrorKind::kInvalid, *verdict, database_.path()});
    auto done = series_.forEach(0, UINT32_MAX, [](SeriesId, const SeriesKey&) { return Result<void>{}; });
    if (!done) return done;
    const auto blockCount = blocks();
    if (!blockCount) return std::unexpected(blockCount.error());
    done = samples_.verify(*blockCount);
    return done ? records_.verify() : done;
  });
}

}  // namespace

bool SeriesFilter::matches(const SeriesKey& key) const {
  return (signal.empty() || key.signal == signal) && (!entity || key.entity == *entity) &&
         (!kind || key.entity.kind() == *kind) && (country.empty() || key.entity.countryCode() == country);
}

Result<std::unique_ptr<Store>> openStore(const std::string& path, std::optional<BinWidth> width) {
  auto file = openFileForWriting(path, width);
  if (!file) return std::unexpected(file.error());
  return std::make_unique<SqliteStore>(std::move(*file), true);
}

Result<std::unique_ptr<Store>> openStoreForReading(const std::string& path) {
  auto file = openFileForReading(path);
  if (!file) return std::unexpected(file.error());
  return std::make_unique<SqliteStore>(std::move(*file), false);
}

}  // namespace nightjar::series
