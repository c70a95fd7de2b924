// A replay's bins into a store, and a store's series to the judgement.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "app/bin_sink.h"
#include "app/packed_reader.h"
#include "series/store.h"

namespace nightjar::app {

// Appends every series in every bin, many bins in one batch.
class StoreSink : public BinSink {
 public:
  // `store` must outlive the object. No batch may be open.
  explicit StoreSink(series::Store& store) : store_(store) {}

  Result<void> take(const view::ClosedBin& closed, const view::Counters& counters) override;
  Result<void> finish() override;

 private:
  // Samples in one batch: enough to make syncs rare, few enough that a batch stays small in memory.
  static constexpr size_t kBatchSamples = 2'000'000;

  series::Store& store_;
  std::vector<series::Sample> samples_;  // by cell
  bool inBatch_ = false;
  size_t batched_ = 0;
};

class StoreReader : public detect::SeriesReader {
 public:
  // What is read and kept packed at once: a year of some 1,500 series of 5 minutes that hardly ever change,
  // or all of many short ones.
  static constexpr size_t kMostBytes = size_t{1} << 26;
  // The same for a store of `file_bytes`, where there are so many bytes of memory to take: a quarter of a
  // large store, and a sixteenth of the memory at most. Series that are read together lie in nearly all parts
  // of the file, so that each part is read some three times, as packed series take less than their file.
  static size_t mostBytesFor(uint64_t file_bytes, uint64_t memory);

  // `store` must outlive the object.
  explicit StoreReader(series::Store& store, size_t most_bytes = kMostBytes)
      : store_(store), most_bytes_(most_bytes), at_once_(mostSeries()) {}

  Result<std::vector<series::SeriesKey>> keys() override;
  Result<series::Series> read(const series::SeriesKey& key) override;
  Result<series::Series> readSpan(const series::SeriesKey& key, Time from, Time until) override;
  // They are read together, as many at a time as the limits allow.
  void expect(std::span<const series::SeriesKey> keys) override;
  std::string name(const Entity& entity) override;

  // How many keys readPacked() may be able to take.
  size_t atOnce() const { return at_once_; }
  // What read() gives, of at least the first `least` keys, and of more as far as the limits go.
  Result<std::vector<series::PackedSeries>> readPacked(std::span<const series::SeriesKey> keys, size_t least);

 private:
  // However short they are: what is known of one beside its bins takes memory, too.
  static constexpr size_t kLeastBytesEach = size_t{1} << 14;
  size_t mostSeries() const { return std::max<size_t>(1, most_bytes_ / kLeastBytesEach); }
  Result<void> findSpan();
  // Reads the next of the expected ones, from this one on if it is one of them.
  Result<void> lookAhead(const series::SeriesKey& key);

  series::Store& store_;
  size_t most_bytes_;
  bool spanKnown_ = false;
  Bin from_, until_;
  std::vector<series::SeriesKey> keys_;
  std::vector<series::SeriesKey> expected_;
  std::map<series::SeriesKey, size_t> expected_at_;
  PackedReader ahead_;
  size_t at_once_;  // by what fitted the last time
};

// Two readers as one, for series of which each has its own.
class JoinedReader : public detect::SeriesReader {
 public:
  // Both must outlive the object.
  JoinedReader(detect::SeriesReader& first, detect::SeriesReader& second) : first_(first), second_(second) {}

  Result<std::vector<series::SeriesKey>> keys() override;
  Result<series::Series> read(const series::SeriesKey& key) override;
  Result<series::Series> readSpan(const series::SeriesKey& key, Time from, Time until) override;
  std::string name(const Entity& entity) override { return first_.name(entity); }

 private:
  detect::SeriesReader& first_;
  detect::SeriesReader& second_;
  std::set<series::SeriesKey> seconds_;  // what the second one has
};

// The sentence of the first simulated source, or nothing; the names of all maps that placed the sources.
struct Provenance {
  std::string simulation;
  std::string geolocation;
};
Result<Provenance> provenanceOf(series::Store& store);

// A store keeps the judgements of one rule: incidents of two would share their ids.
inline constexpr std::string_view kKeptRule = "nightjar";

// Keeps the incidents of a report on the whole store. One that an earlier judgement made is revised where it
// changed. Where this judgement does not make it any more, it gets the state "joined" and, as `joined_into`,
// the id of the one that tells it now; or "retracted" if none does. Beside them a note keeps what may have
// been dark since before the data begin.
// REQUIRES: report.rule is kKeptRule.
Result<void> keepIncidents(series::Store& store, const detect::Report& report);

}  // namespace nightjar::app
