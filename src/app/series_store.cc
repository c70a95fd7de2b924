#include "app/series_store.h"

#include <algorithm>
#include <set>

#include <fmt/ranges.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "app/names.h"
#include "detect/print/json.h"

namespace nightjar::app {

Result<void> StoreSink::take(const view::ClosedBin& closed, const view::Counters& counters) {
  for (auto cell = static_cast<view::CellIndex>(samples_.size()); cell < counters.cellCount(); ++cell) {
    const series::SeriesKey key{std::string(view::signalOf(counters.measureOf(cell))),
                                counters.names().at(counters.entityOf(cell))};
    const auto id = store_.idOf(key);
    if (!id) return std::unexpected(id.error());
    samples_.push_back({*id, {}});
  }
  for (const view::CellIndex cell : closed.changes) {
    samples_[cell].point.value = static_cast<double>(counters.valueOf(cell));
  }
  if (closed.coverage[0] <= 0 && closed.coverage[1] <= 0) return {};
  for (view::CellIndex cell = 0; cell < samples_.size(); ++cell) {
    samples_[cell].point.coverage = coverageOf(closed, counters.measureOf(cell));
  }
  if (!inBatch_) {
    if (const auto begun = store_.begin(); !begun) return begun;
    inBatch_ = true;
  }
  if (const auto added = store_.append(closed.bin, samples_); !added) return std::unexpected(added.error());
  batched_ += samples_.size();
  return batched_ >= kBatchSamples ? finish() : Result<void>{};
}

Result<void> StoreSink::finish() {
  if (!inBatch_) return {};
  inBatch_ = false;
  batched_ = 0;
  return store_.commit();
}

Result<void> StoreReader::findSpan() {
  if (spanKnown_) return {};
  const auto all = store_.list({});
  if (!all) return std::unexpected(all.error());
  for (const series::SeriesInfo& info : *all) {
    from_ = keys_.empty() ? info.first : std::min(from_, info.first);
    until_ = keys_.empty() ? info.last.next() : std::max(until_, info.last.next());
    keys_.push_back(info.key);
  }
  spanKnown_ = true;
  return {};
}

size_t StoreReader::mostBytesFor(uint64_t file_bytes, uint64_t memory) {
  return std::max<uint64_t>(std::min(file_bytes / 4, memory / 16), kMostBytes);
}

Result<std::vector<series::SeriesKey>> StoreReader::keys() {
  if (const auto found = findSpan(); !found) return std::unexpected(found.error());
  return keys_;
}

Result<series::Series> StoreReader::read(const series::SeriesKey& key) {
  if (const auto found = findSpan(); !found) return std::unexpected(found.error());
  if (const auto looked = lookAhead(key); !looked) return std::unexpected(looked.error());
  return ahead_.has(key) ? ahead_.read(key) : store_.read(key, from_, until_);
}

Result<series::Series> StoreReader::readSpan(const series::SeriesKey& key, Time from, Time until) {
  if (const auto found = findSpan(); !found) return std::unexpected(found.error());
  if (const auto looked = lookAhead(key); !looked) return std::unexpected(looked.error());
  if (ahead_.has(key)) return ahead_.read(key);
  return store_.read(key, std::max(from_, Bin::of(from, store_.width())),
                     std::min(until_, Bin::of(until, store_.width()).next()));
}

void StoreReader::expect(std::span<const series::SeriesKey> keys) {
  expected_.assign(keys.begin(), keys.end());
  expected_at_.clear();
  for (size_t i = 0; i < expected_.size(); ++i) expected_at_.emplace(expected_[i], i);
}

Result<void> StoreReader::lookAhead(const series::SeriesKey& key) {
  const auto at = expected_at_.find(key);
  if (at == expected_at_.end() || ahead_.has(key)) return {};
  const auto rest = std::span(expected_).subspan(at->second);
  ahead_ = {};
  auto packed = readPacked(rest.first(std::min(rest.size(), at_once_)), 1);
  if (!packed) return std::unexpected(packed.error());
  ahead_ = PackedReader(std::move(*packed));
  return {};
}

Result<std::vector<series::PackedSeries>> StoreReader::readPacked(std::span<const series::SeriesKey> keys,
                                                                  size_t least) {
  if (const auto found = findSpan(); !found) return std::unexpected(found.error());
  auto packed = store_.readPacked(keys, from_, until_, {.most_bytes = most_bytes_, .least = least});
  if (!packed) return packed;
  // What does not fit in the end costs nearly as much as what does.
  const size_t fitted = packed->size();
  at_once_ = std::min(fitted == keys.size() ? 2 * fitted + 1 : fitted + fitted / 8 + 1, mostSeries());
  return packed;
}

std::string StoreReader::name(const Entity& entity) {
  return nameOf(entity);
}

Result<std::vector<series::SeriesKey>> JoinedReader::keys() {
  auto keys = first_.keys();
  if (!keys) return keys;
  const auto more = second_.keys();
  if (!more) return std::unexpected(more.error());
  seconds_ = {more->begin(), more->end()};
  keys->insert(keys->end(), more->begin(), more->end());
  return keys;
}

Result<series::Series> JoinedReader::read(const series::SeriesKey& key) {
  return seconds_.contains(key) ? second_.read(key) : first_.read(key);
}

Result<series::Series> JoinedReader::readSpan(const series::SeriesKey& key, Time from, Time until) {
  return seconds_.contains(key) ? second_.readSpan(key, from, until) : first_.readSpan(key, from, until);
}

Result<Provenance> provenanceOf(series::Store& store) {
  const auto sources = store.sources();
  if (!sources) return std::unexpected(sources.error());
  Provenance provenance;
  std::set<std::string> maps;
  for (const series::Source& source : *sources) {
    if (provenance.simulation.empty()) provenance.simulation = source.simulation;
    if (!source.geolocation.empty()) maps.insert(source.geolocation);
  }
  provenance.geolocation = fmt::format("{}", fmt::join(maps, "; "));
  return provenance;
}

namespace {

// The document of an incident that the judgement no longer makes, or that `into`, if not empty, tells now.
std::string withdrawn(const std::string& json, const std::string& into) {
  rapidjson::Document document;
  document.Parse(json.c_str(), json.size());
  if (!document.IsObject() || !document.HasMember("state")) return json;
  auto& allocator = document.GetAllocator();
  document["state"].SetString(into.empty() ? "retracted" : "joined", allocator);
  document.RemoveMember("joined_into");
  if (!into.empty()) document.AddMember("joined_into", rapidjson::Value(into.c_str(), allocator), allocator);
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  document.Accept(writer);
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace

Result<void> keepIncidents(series::Store& store, const detect::Report& report) {
  const auto earlier = store.incidents({.rule = report.rule});
  if (!earlier) return std::unexpected(earlier.error());
  if (const auto begun = store.begin(); !begun) return begun;
  std::set<std::string_view> standing;
  for (const detect::Incident& incident : report.incidents) {
    standing.insert(incident.id);
    const series::StoredIncident stored{incident.id,
                                        0,
                                        report.rule,
                                        incident.entity,
                                        incident.onset,
                                        incident.end,
                                        detect::toJson(report, incident)};
    if (const auto kept = store.putIncident(stored); !kept) return std::unexpected(kept.error());
  }
  for (series::StoredIncident incident : *earlier) {
    if (standing.contains(incident.id)) continue;
    const detect::Incident* whole = detect::joinedInto(report, incident.entity, incident.onset);
    incident.json = withdrawn(incident.json, whole == nullptr ? std::string() : whole->id);
    if (const auto kept = store.putIncident(incident); !kept) return std::unexpected(kept.error());
  }
  if (report.until) {
    const series::Note note{"judgement", report.rule, *report.until, detect::lowAtFirstToJson(report)};
    if (const auto kept = store.putNotes({&note, 1}); !kept) return kept;
  }
  return store.commit();
}

}  // namespace nightjar::app
