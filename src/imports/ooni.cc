#include "imports/ooni.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "imports/csv_reader.h"
#include "imports/json.h"
#include "imports/words.h"
#include "imports/written_time.h"

namespace nightjar::imports {
namespace {

constexpr std::string_view kSignal = "sites.ok";
constexpr float kEnough = 10;

// "https://www.Example.com:8080/path" is of www.example.com; empty where there is none, or a letter outside
// ASCII in it.
std::string hostOf(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const size_t user = url.rfind('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
  if (!url.starts_with('[')) url = url.substr(0, url.find(':'));
  std::string host = lowered(url);
  return Entity::parse("site:" + host) ? host : std::string();
}

// Whether the site was accessible; nothing where the measurement does not say.
std::optional<bool> verdictOf(Json measurement) {
  const Json keys = measurement["test_keys"];
  if (keys.isObject()) {
    if (const auto accessible = keys["accessible"].boolean()) return accessible;
    if (keys["blocking"].isText()) return false;
    return std::nullopt;
  }
  const auto anomaly = measurement["anomaly"].boolean();
  if (!anomaly || measurement["failure"].boolean() == true) return std::nullopt;
  return !*anomaly;
}

std::string counted(uint64_t count) {
  return fmt::format("{} measurement{}", count, count == 1 ? "" : "s");
}

class Measurements {
 public:
  Measurements(const ImportOptions& options, Intake& intake)
      : width_(options.bin ? *options.bin : BinWidth::of(std::chrono::hours(1)).value()),
        only_(options.entity),
        intake_(intake) {}

  // A measurement, or a list of them.
  void take(Json document) {
    const Json results = document["results"];
    const Json list = results.isArray() ? results : document;
    if (!list.isArray()) return takeOne(list);
    for (const Json measurement : list) takeOne(measurement);
  }

  void finish() {
    for (const auto& [key, count] : counts_) {
      const size_t index = intake_.seriesOf({std::string(kSignal), key.entity});
      intake_.setStep(index, width_.length());
      const auto measured = static_cast<float>(count.measured);
      intake_.take(index, key.bin.start(width_), static_cast<double>(count.ok) / count.measured, 0,
                   std::min(1.0F, measured / kEnough));
    }
    Findings& findings = intake_.findings();
    if (without_ > 0) {
      findings.note("", counted(without_) + " without a verdict (accessible): nothing is made of it");
    }
    if (others_ > 0) findings.note("", counted(others_) + " of other tests than web_connectivity");
    if (foreign_ > 0) {
      findings.note("", counted(foreign_) +
                            " of a site whose name is not in ASCII: it counts for its country and network");
    }
  }

 private:
  struct Key {
    Entity entity;
    Bin bin;
    auto operator<=>(const Key&) const = default;
  };
  struct Count {
    uint32_t measured = 0, ok = 0;
  };

  void takeOne(Json measurement) {
    ++place_;
    if (!measurement.isObject()) return intake_.drop(place_, "is no object");
    if (const std::string_view test = measurement["test_name"].text();
        !test.empty() && test != "web_connectivity") {
      ++others_;
      return;
    }
    const auto time = times_.read(measurement["measurement_start_time"].text());
    if (!time) return intake_.drop(place_, "the time " + time.error().message);
    const std::string_view input = measurement["input"].text();
    if (input.empty()) return intake_.drop(place_, "names no input");
    const auto ok = verdictOf(measurement);
    if (!ok) {
      ++without_;
      return;
    }
    const Bin bin = Bin::of(*time, width_);
    const std::string host = hostOf(input);
    foreign_ += host.empty() ? 1 : 0;
    if (only_) return count(*only_, bin, *ok);
    if (!host.empty()) count(Entity::parse("site:" + host).value(), bin, *ok);
    countPlaces(measurement, bin, *ok);
  }

  void countPlaces(Json measurement, Bin bin, bool ok) {
    const auto country = Entity::parse(measurement["probe_cc"].text());
    if (!country || country->kind() != EntityKind::kCountry || country->code() == "ZZ") return;
    count(*country, bin, ok);
    const auto network = Entity::parse(measurement["probe_asn"].text());
    if (network && network->kind() == EntityKind::kNetwork && network->asn()->number != 0) {
      count(Entity::networkInCountry(*network->asn(), country->code()), bin, ok);
    }
  }

  void count(const Entity& entity, Bin bin, bool ok) {
    Count& count = counts_[{entity, bin}];
    ++count.measured;
    count.ok += ok ? 1 : 0;
  }

  BinWidth width_;
  std::optional<Entity> only_;
  Intake& intake_;
  TimeReader times_;
  std::map<Key, Count> counts_;
  uint32_t place_ = 0;
  uint64_t without_ = 0, others_ = 0, foreign_ = 0;
};

}  // namespace

Result<void> readOoni(std::string_view text, const ImportOptions& options, Intake& intake) {
  // Bytes that are looked at again, because a document did not end where it should.
  constexpr size_t kMostReread = size_t{256} << 20;
  intake.placesAre("measurement");
  Measurements measurements(options, intake);
  size_t reread = 0;
  bool any = false;
  for (size_t at = 0;;) {
    at = text.find_first_not_of(" \t\r\n\xef\xbb\xbf", at);
    if (at == std::string_view::npos) break;
    JsonDocument document;
    const auto taken = document.parseFront(text.substr(at));
    if (taken) {
      any = true;
      measurements.take(document.root());
      at += *taken;
      continue;
    }
    const size_t damage = taken.error().offset.value_or(0);
    intake.findings().drop(fmt::format("byte {}", at + damage), taken.error().message);
    reread += damage;
    const size_t line = text.find('\n', at);
    if (line == std::string_view::npos) break;
    if (reread > kMostReread) return fail(ErrorKind::kLimit, "too many measurements are damaged", at);
    at = line + 1;
  }
  if (!any) return fail(ErrorKind::kInvalid, "holds no measurement of OONI's");
  measurements.finish();
  return {};
}

}  // namespace nightjar::imports
