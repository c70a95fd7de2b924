#include "imports/pings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/printable.h"
#include "imports/countries.h"
#include "imports/regions.h"
#include "imports/table.h"

namespace nightjar::imports {
namespace {

constexpr std::string_view kSignal = "pings.answering";

// A rate from less of a past would be one of a few answers by chance.
constexpr double kLeastPast = 24.0 * 3600;

struct Columns {
  size_t time = 0, address = 0;
  std::optional<size_t> place, iso, region, isp, rtt;
};

std::optional<size_t> firstOf(const CsvColumns& columns, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const auto found = columns.find(name)) return found;
  }
  return std::nullopt;
}

Result<Columns> columnsOf(const CsvRow& header, const ImportOptions& options) {
  const CsvColumns names(header);
  Columns columns;
  auto time = options.time_column.empty() ? names.find("time_local_str") : names.find(options.time_column);
  if (!time && options.time_column.empty()) time = guessTimeColumn(header);
  const auto address = options.address_column.empty() ? firstOf(names, {"ip_hash", "ip", "address"})
                                                      : names.find(options.address_column);
  if (!time)
    return fail(ErrorKind::kInvalid, "has no column of times that is known: name it with --time COLUMN");
  if (!address) return fail(ErrorKind::kInvalid, "has no column of addresses: name it with --address COLUMN");
  columns.time = *time;
  columns.address = *address;
  columns.iso = names.find("iso");
  columns.region = names.find("name_1");
  columns.isp = names.find("isp_name");
  columns.rtt = names.find("rtt");
  if (!options.entity_column.empty()) {
    const auto place = names.at(options.entity_column);
    if (!place) return std::unexpected(place.error());
    columns.place = *place;
  }
  if (!options.entity && !columns.place && !columns.iso) {
    return fail(ErrorKind::kUsage, "name the place with --entity CODE or --entity-column COLUMN");
  }
  return columns;
}

struct Answer {
  Time time;
  uint32_t address;
  auto operator<=>(const Answer&) const = default;
};

// The answers of one place, in bins.
class Binning {
 public:
  Binning(std::vector<Answer> answers, BinWidth width) : answers_(std::move(answers)), width_(width) {
    std::sort(answers_.begin(), answers_.end());
  }

  // Work grows with bins times addresses.
  bool tooMuch() const {
    constexpr double kMostWork = 2e9;
    std::set<uint32_t> addresses;
    for (const Answer& answer : answers_) addresses.insert(answer.address);
    const double bins = static_cast<double>(last().index - first().index + 1);
    return bins * static_cast<double>(addresses.size()) > kMostWork;
  }

  void write(size_t series, Intake& intake) {
    size_t at = 0;
    for (Bin bin = first(); bin < last(); bin = bin.next()) {
      const double expected = expectedIn(bin);
      std::set<uint32_t> answering;
      for (; at < answers_.size() && answers_[at].time < bin.end(width_); ++at) {
        answering.insert(answers_[at].address);
        Past& past = past_.try_emplace(answers_[at].address, Past{answers_[at].time, 0}).first->second;
        ++past.answers;
      }
      const auto coverage = static_cast<float>(1 - std::exp(-expected));
      if (coverage > 0) {
        intake.take(series, bin.start(width_), static_cast<double>(answering.size()), 0, coverage);
      }
    }
  }

 private:
  struct Past {
    Time first;
    uint32_t answers;
  };

  Bin first() const { return Bin::of(answers_.front().time, width_); }
  Bin last() const { return Bin::of(answers_.back().time, width_); }

  double expectedIn(Bin bin) const {
    const double length = std::chrono::duration<double>(width_.length()).count();
    double expected = 0;
    for (const auto& [address, past] : past_) {
      const double since = std::chrono::duration<double>(bin.start(width_) - past.first).count();
      expected += past.answers / std::max(since, kLeastPast) * length;
    }
    return expected;
  }

  std::vector<Answer> answers_;
  BinWidth width_;
  std::map<uint32_t, Past> past_;
};

class Pings {
 public:
  Pings(const Columns& columns, const ImportOptions& options, TimeReader times, Intake& intake)
      : columns_(columns), options_(options), times_(std::move(times)), intake_(intake) {}

  void take(const CsvRow& row) {
    const auto written = fieldOf(row, columns_.time);
    const auto address = fieldOf(row, columns_.address);
    if (!written || !address || address->empty()) return intake_.drop(row.line, "columns are missing");
    const auto time = times_.read(*written);
    if (!time) return intake_.drop(row.line, "the time " + time.error().message);
    if (columns_.rtt) {
      const auto rtt = readNumber(fieldOf(row, *columns_.rtt).value_or(""));
      if (!rtt) return intake_.drop(row.line, rtt.error().message);
      if (*rtt && **rtt < 0) return intake_.drop(row.line, "the round-trip time is negative");
      if (!*rtt) {
        ++unanswered_;
        return;
      }
    }
    const auto places = placesOf(row);
    if (!places) return intake_.drop(row.line, places.error().message);
    const auto number =
        addresses_.try_emplace(std::string(*address), static_cast<uint32_t>(addresses_.size())).first->second;
    for (const Entity& place : *places) answers_[place].push_back({*time, number});
    ++taken_;
  }

  bool full() const { return taken_ > Intake::kMostReadings / 4; }

  Result<void> finish() {
    if (unanswered_ > 0) {
      intake_.findings().note("",
                              fmt::format("pings without an answer, which are left out: {}", unanswered_));
    }
    leaveOutCountries();
    const BinWidth width = options_.bin ? *options_.bin : BinWidth::of(std::chrono::hours(1)).value();
    for (auto& [place, answers] : answers_) {
      const size_t index = intake_.seriesOf({std::string(kSignal), place}, names_[place]);
      intake_.setStep(index, width.length());
      Binning binning(std::move(answers), width);
      if (binning.tooMuch()) return fail(ErrorKind::kLimit, "holds too many addresses over too long a time");
      binning.write(index, intake_);
    }
    if (!answers_.empty()) {
      intake_.findings().note("", "only answers are told: where the prober stopped, the place looks silent");
    }
    return {};
  }

 private:
  // Country, region and network; the same for all rows of a kind, so they are looked up once.
  Result<std::vector<Entity>> placesOf(const CsvRow& row) {
    if (options_.entity) return std::vector{*options_.entity};
    const auto field = [&row](std::optional<size_t> column) {
      return column ? std::string(fieldOf(row, *column).value_or("")) : std::string();
    };
    const std::string key = fmt::format("{}\n{}\n{}\n{}", field(columns_.place), field(columns_.iso),
                                        field(columns_.region), field(columns_.isp));
    const auto known = places_.find(key);
    if (known != places_.end()) return known->second;
    std::vector<Entity> found;
    if (columns_.place) {
      const auto entity = entityOf(field(columns_.place), options_);
      if (!entity) return std::unexpected(entity.error());
      found.push_back(*entity);
    } else {
      const auto country = countryOf(field(columns_.iso));
      if (!country) return fail(ErrorKind::kInvalid, quote(field(columns_.iso)) + " is no country");
      found.push_back(Entity::country(*country));
      const std::string name = field(columns_.region);
      regions_[std::string(*country)].insert(name);
      if (!name.empty()) addRegion(*country, name, row, found);
      const auto network = options_.asn_map.find(field(columns_.isp));
      if (network != options_.asn_map.end()) {
        found.push_back(Entity::networkInCountry(network->second, *country));
        names_[found.back()] = network->first;
      }
    }
    constexpr size_t kMostPlaces = 100'000;
    if (places_.size() < kMostPlaces) places_.emplace(key, found);
    return found;
  }

  // The addresses of one region say nothing of the rest of its country.
  void leaveOutCountries() {
    for (const auto& [country, regions] : regions_) {
      const auto place = answers_.find(Entity::country(country));
      if (regions.size() == 1 && !regions.contains("") && unknown_.empty() && place != answers_.end()) {
        answers_.erase(place);
      }
    }
  }

  void addRegion(std::string_view country, const std::string& name, const CsvRow& row,
                 std::vector<Entity>& found) {
    const auto mapped = options_.entity_map.find(name);
    auto region = mapped == options_.entity_map.end() ? regionByName(country, name) : mapped->second;
    if (!region) {
      if (unknown_.insert(name).second) {
        intake_.note(row.line,
                     fmt::format("the code of {} is not known: its answers count for the country alone; "
                                 "say it with --entity-map",
                                 quote(name)));
      }
      return;
    }
    names_[*region] = name;
    found.push_back(*region);
  }

  const Columns& columns_;
  const ImportOptions& options_;
  TimeReader times_;
  Intake& intake_;
  std::map<std::string, uint32_t> addresses_;
  std::map<std::string, std::vector<Entity>> places_;
  std::map<Entity, std::vector<Answer>> answers_;
  std::map<Entity, std::string> names_;
  std::map<std::string, std::set<std::string>> regions_;  // in the file, by country; "" where it names none
  std::set<std::string> unknown_;
  uint64_t unanswered_ = 0;
  uint64_t taken_ = 0;
};

}  // namespace

Result<void> readPings(std::string_view text, const ImportOptions& options, Intake& intake) {
  auto times = timeReaderOf(options);
  if (!times) return std::unexpected(times.error());
  CsvReader reader(text, intake.findings());
  const auto header = readHeader(reader);
  if (!header) return std::unexpected(header.error());
  const auto columns = columnsOf(*header, options);
  if (!columns) return std::unexpected(columns.error());
  Pings pings(*columns, options, std::move(*times), intake);
  for (CsvRow row;;) {
    const auto more = reader.next(row);
    if (!more) return std::unexpected(more.error());
    if (!*more) return pings.finish();
    pings.take(row);
    if (pings.full()) return fail(ErrorKind::kLimit, "holds too many pings to be kept at once");
  }
}

}  // namespace nightjar::imports
