// Reads MaxMind DB files through libmaxminddb.
#include <fmt/format.h>
#include <maxminddb.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "geo/address_number.h"
#include "geo/readers.h"

namespace nightjar::geo {
namespace {

constexpr std::array kCountryPath{"country", "iso_code", static_cast<const char*>(nullptr)};
constexpr std::array kRegisteredPath{"registered_country", "iso_code", static_cast<const char*>(nullptr)};
constexpr std::array kRegionPath{"subdivisions", "0", "iso_code", static_cast<const char*>(nullptr)};

constexpr unsigned kIpv4Bits = 32;

std::unexpected<Error> damaged(std::string_view what, uint64_t offset) {
  return fail(ErrorKind::kInvalid, fmt::format("the database is damaged: {}", what), offset);
}

class Database {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    if (open_) MMDB_close(&db_);
  }

  Result<void> open(const std::string& path) {
    const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &db_);
    open_ = status == MMDB_SUCCESS;
    if (open_) return {};
    const bool system = status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR;
    return fail(system ? ErrorKind::kIo : ErrorKind::kInvalid, MMDB_strerror(status));
  }
  const MMDB_s& get() const { return db_; }

 private:
  MMDB_s db_{};
  bool open_ = false;
};

// One pass over the whole search tree, in ascending order of addresses. A node is entered once, so that the
// pass ends whatever the records point to.
class TreeWalk {
 public:
  TreeWalk(const MMDB_s& db, Intake& intake)
      : db_(db),
        intake_(intake),
        bits_(db.metadata.ip_version == 6 ? 128 : kIpv4Bits),
        entered_(db.metadata.node_count) {}

  // REQUIRES: called once.
  Result<void> run();
  bool foundPlaces() const { return foundPlaces_; }

 private:
  // A record of a node, and the addresses below it: those that share the first `depth` bits of `first`.
  struct Record {
    uint64_t value;
    uint8_t type;  // MMDB_RECORD_TYPE_...
    MMDB_entry_s entry;
    unsigned depth;
    Uint128 first;
  };
  // Neighbours in one place, not yet passed on.
  struct Neighbours {
    Uint128 first;
    Uint128 last;
    PlaceId place;
    uint64_t offset;
  };

  Result<void> enter(const Record& record);
  Result<void> take(const Record& record);
  Result<void> passOn();
  Result<PlaceId> placeOf(MMDB_entry_s entry);
  // The string at `path` in the record; empty when there is none.
  Result<std::string_view> text(MMDB_entry_s entry, const char* const* path) const;

  uint64_t offsetOf(uint64_t node) const { return node * db_.full_record_byte_size; }
  uint64_t offsetOf(const MMDB_entry_s& entry) const {
    return static_cast<uint64_t>(db_.data_section - db_.file_content) + entry.offset;
  }

  const MMDB_s& db_;
  Intake& intake_;
  unsigned bits_;
  std::vector<bool> entered_;
  std::vector<Record> open_;  // at most two for each bit of an address
  std::optional<Neighbours> pending_;
  std::unordered_map<uint32_t, PlaceId> places_;  // of the records seen, by their offset
  bool foundPlaces_ = false;
};

Result<void> TreeWalk::run() {
  if (!entered_.empty()) open_.push_back({0, MMDB_RECORD_TYPE_SEARCH_NODE, {}, 0, 0});
  while (!open_.empty()) {
    const Record record = open_.back();
    open_.pop_back();
    Result<void> done;
    if (record.type == MMDB_RECORD_TYPE_SEARCH_NODE) {
      done = enter(record);
    } else if (record.type == MMDB_RECORD_TYPE_DATA) {
      done = take(record);
    } else if (record.type != MMDB_RECORD_TYPE_EMPTY) {
      done = damaged("a record points outside the file", 0);
    }
    if (!done) return done;
  }
  return passOn();
}

Result<void> TreeWalk::enter(const Record& record) {
  const uint64_t number = record.value;
  const uint64_t offset = offsetOf(number);
  if (record.depth == bits_) return damaged("the search tree is deeper than an address", offset);
  if (number >= entered_.size()) return damaged("a record points to a node that does not exist", offset);
  if (entered_[number]) {
    // The IPv4 tree is also hung in where IPv6 has IPv4 addresses (RFC 4291, RFC 3056): the same space again.
    if (number == db_.ipv4_start_node.node_value) return {};
    return damaged(fmt::format("node {} hangs in two places", number), offset);
  }
  entered_[number] = true;

  MMDB_search_node_s node;
  const int status = MMDB_read_node(&db_, static_cast<uint32_t>(number), &node);
  if (status != MMDB_SUCCESS) return damaged(MMDB_strerror(status), offset);
  if (node.left_record_type == MMDB_RECORD_TYPE_INVALID ||
      node.right_record_type == MMDB_RECORD_TYPE_INVALID) {
    return damaged(fmt::format("a record of node {} points nowhere", number), offset);
  }
  const unsigned depth = record.depth + 1;
  const Uint128 right = record.first | Uint128{1} << (bits_ - depth);
  open_.push_back({node.right_record, node.right_record_type, node.right_record_entry, depth, right});
  open_.push_back({node.left_record, node.left_record_type, node.left_record_entry, depth, record.first});
  return {};
}

Result<void> TreeWalk::take(const Record& record) {
  const auto place = placeOf(record.entry);
  if (!place) return std::unexpected(place.error());
  const Uint128 last = record.first | lowBits(bits_ - record.depth);
  if (pending_ && pending_->place == *place && pending_->last + 1 == record.first) {
    pending_->last = last;
    return {};
  }
  auto passed = passOn();
  pending_ = Neighbours{record.first, last, *place, offsetOf(record.entry)};
  return passed;
}

// The tree of an IPv6 database has IPv4 in its lowest 32 bits.
Result<void> TreeWalk::passOn() {
  if (!pending_ || !pending_->place.known()) return {};
  foundPlaces_ = true;
  constexpr Uint128 kLastIpv4 = lowBits(kIpv4Bits);
  const Neighbours& run = *pending_;
  Result<void> added;
  if (run.first <= kLastIpv4) {
    added = intake_.add(toAddress(Family::kIpv4, run.first),
                        toAddress(Family::kIpv4, std::min(run.last, kLastIpv4)), run.place, run.offset);
  }
  if (added && run.last > kLastIpv4) {
    added = intake_.add(toAddress(Family::kIpv6, std::max(run.first, kLastIpv4 + 1)),
                        toAddress(Family::kIpv6, run.last), run.place, run.offset);
  }
  return added;
}

Result<std::string_view> TreeWalk::text(MMDB_entry_s entry, const char* const* path) const {
  MMDB_entry_data_s data;
  const int status = MMDB_aget_value(&entry, &data, path);
  if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) return std::string_view();
  if (status != MMDB_SUCCESS) return damaged(MMDB_strerror(status), offsetOf(entry));
  if (!data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING) return std::string_view();
  return std::string_view(data.utf8_string, data.data_size);
}

Result<PlaceId> TreeWalk::placeOf(MMDB_entry_s entry) {
  const auto [known, isNew] = places_.try_emplace(entry.offset);
  if (!isNew) return known->second;
  auto country = text(entry, kCountryPath.data());
  if (!country) return std::unexpected(country.error());
  std::string region;
  if (country->empty()) {
    country = text(entry, kRegisteredPath.data());
    if (!country) return std::unexpected(country.error());
  } else {
    const auto part = text(entry, kRegionPath.data());
    if (!part) return std::unexpected(part.error());
    constexpr size_t kLongest = 16;
    if (!part->empty()) region = fmt::format("{}-{}", *country, part->substr(0, kLongest));
  }
  const auto place = intake_.place(*country, region, offsetOf(entry));
  if (place) known->second = *place;
  return place;
}

// "GeoLite2-City 2026-06-25"
std::string nameOf(const MMDB_metadata_s& metadata) {
  constexpr size_t kLongest = 64;
  constexpr uint64_t kLatest = 4102444800;  // 2100-01-01
  std::string name = std::string(metadata.database_type).substr(0, kLongest);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  if (metadata.build_epoch == 0 || metadata.build_epoch > kLatest) return name;
  const Time built{std::chrono::seconds(metadata.build_epoch)};
  return name + ' ' + formatTime(built).substr(0, 10);
}

}  // namespace

Result<std::string> readMaxmindDb(const std::string& path, Intake& intake) {
  Database database;
  if (auto opened = database.open(path); !opened) return std::unexpected(std::move(opened.error()));
  const MMDB_s& db = database.get();
  TreeWalk walk(db, intake);
  if (auto walked = walk.run(); !walked) return std::unexpected(std::move(walked.error()));
  std::string name = nameOf(db.metadata);
  if (!walk.foundPlaces()) {
    return fail(ErrorKind::kUnsupported,
                fmt::format("the database ({}) tells no countries: no record has country.iso_code", name));
  }
  return name;
}

}  // namespace nightjar::geo
