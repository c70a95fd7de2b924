// Makes the store that serve_bench asks: 250 countries, 80,000 networks, one year of 5-minute bins.
//
//   serve_store FILE
//
// Countries have every bin of the year, of routes and of hosts. A network has a bin a day, and every bin of
// the last day: with all of its bins the store would take 5 GB and most of an hour to make, and no answer
// that is measured reads them. What is read is as in a full store: every chunk that holds countries is whole,
// and the catalogue has all names and extents.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>
#include <vector>

#include "geo/countries.h"
#include "series/signals.h"
#include "series/store.h"

namespace {

using nightjar::Asn;
using nightjar::Bin;
using nightjar::BinWidth;
using nightjar::Entity;
using nightjar::formatTime;
using nightjar::Time;
using namespace nightjar::series;

constexpr uint32_t kNetworks = 80'000;
constexpr int64_t kDay = 288;
constexpr int64_t kYear = 365 * kDay;
constexpr Bin kEnd{5'575'104};
constexpr Bin kStart{kEnd.index - kYear};
constexpr size_t kIncidents = 20'000;
constexpr const char* kSimulation = "simulation: generated to measure speed";

void must(const nightjar::Result<void>& result) {
  if (result) return;
  fmt::print(stderr, "{}\n", result.error().describe());
  std::exit(1);
}
template <typename T>
T must(nightjar::Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}\n", result.error().describe());
  std::exit(1);
}

std::string_view countryOf(uint32_t network) {
  const auto countries = nightjar::geo::countries();
  return countries[network % countries.size()].code;
}
Entity entityOf(uint32_t network) {
  return Entity::networkInCountry(Asn{network + 1}, countryOf(network));
}

class Maker {
 public:
  explicit Maker(Store& store) : store_(store) {
    for (const auto& country : nightjar::geo::countries()) {
      routes_.push_back(idOf(kVisible24, Entity::country(country.code)));
      hosts_.push_back(idOf(kUp24, Entity::country(country.code)));
    }
    for (uint32_t i = 0; i < kNetworks; ++i) networks_.push_back(idOf(kVisible24, entityOf(i)));
  }

  void bins() {
    for (Bin bin = kStart; bin < kEnd; bin = bin.next()) {
      const int64_t of_day = bin.index % kDay;
      if (of_day == 0) must(store_.begin());
      std::vector<Sample> samples = countries(bin);
      if (of_day == 0 || bin.index + kDay >= kEnd.index) addNetworks(samples);
      must(store_.append(bin, samples));
      if (of_day + 1 == kDay) must(store_.commit());
    }
  }

  // Routes step now and then, hosts follow the day and are noisy, as real ones.
  std::vector<Sample> countries(Bin bin) {
    std::vector<Sample> samples;
    const double day = std::sin(2 * std::numbers::pi * static_cast<double>(bin.index % kDay) / kDay);
    std::normal_distribution<double> noise(0, 0.01);
    for (size_t i = 0; i < routes_.size(); ++i) {
      const auto size = static_cast<double>(100 * (1 + i % 100));
      if (random_() % 20 == 0) offsets_[i] += static_cast<double>(random_() % 3) - 1;
      samples.push_back({routes_[i], {size + offsets_[i], random_() % 50 == 0 ? 0.9F : 1.0F}});
      samples.push_back({hosts_[i], {std::round(size / 2 * (1 + 0.1 * day + noise(random_))), 1}});
    }
    return samples;
  }

  void addNetworks(std::vector<Sample>& samples) {
    for (uint32_t i = 0; i < kNetworks; ++i) {
      const bool changed = random_() % 200 == 0;
      samples.push_back({networks_[i], {static_cast<double>(1 + i % 37 + (changed ? 1 : 0)), 1}});
    }
  }

  void records() {
    must(store_.begin());
    std::vector<NetworkName> names;
    for (uint32_t i = 0; i < kNetworks; ++i)
      names.push_back({Asn{i + 1}, fmt::format("Network {} Telecom", i + 1), ""});
    must(store_.putNetworks(names));
    for (int64_t day = 0; day < kYear / kDay; ++day) {
      const Time from = Bin{kStart.index + day * kDay}.start(store_.width());
      must(store_.addSource(
          {fmt::format("bview.{}.gz", day), "rrc00", "rib", from, from, "", kSimulation, "nightjar bench"}));
    }
    for (size_t i = 0; i < kIncidents; ++i) must(store_.putIncident(incident(i)));
    must(store_.commit());
  }

  // One in five is a country's, the others are of networks; some are open.
  StoredIncident incident(size_t index) {
    const BinWidth width = store_.width();
    const Bin onset{kStart.index + static_cast<int64_t>(random_() % (kYear - kDay))};
    const Bin end{onset.index + 6 + static_cast<int64_t>(random_() % 200)};
    const bool open = index % 500 == 0;
    const auto network = static_cast<uint32_t>(random_() % kNetworks);
    const Entity entity = index % 5 == 0 ? Entity::country(countryOf(network)) : entityOf(network);
    const Time begins = onset.start(width);
    const std::string id = fmt::format("{}-{}-{}", entity.code(), onset.index, index);
    StoredIncident stored{id, 0, "nightjar", entity, begins, std::nullopt, {}};
    if (!open) stored.end = end.start(width);
    std::string children;
    for (uint32_t i = 0; i < 20; ++i) {
      children += fmt::format(
          R"({}{{"entity":"AS{}","name":"Network {} Telecom","baseline":100,"floor":{},"depth":0.5,)"
          R"("onset":"{}","end":null}})",
          i == 0 ? "" : ",", network + i, network + i, i, formatTime(begins));
    }
    stored.json = fmt::format(
        R"({{"id":"{}","entity":"{}","name":"Some place","kind":"withdrawn","state":"{}","onset":"{}",)"
        R"("end":{},"judged_until":"{}","depth":0.6123,"severity_hours":4.2,"confidence":0.9312,)"
        R"("simulation":"{}","signals":[{{"signal":"routing.visible24","judged":true,"baseline":4200,)"
        R"("floor":1500}}],"children":[{}]}})",
        id, entity.code(), open ? "open" : "ended", formatTime(begins),
        open ? "null" : fmt::format("\"{}\"", formatTime(end.start(width))), formatTime(kEnd.start(width)),
        kSimulation, children);
    return stored;
  }

 private:
  SeriesId idOf(std::string_view signal, const Entity& entity) {
    return must(store_.idOf({Signal(signal), entity}));
  }

  Store& store_;
  std::mt19937 random_{1};
  std::vector<SeriesId> routes_, hosts_, networks_;
  std::vector<double> offsets_ = std::vector<double>(nightjar::geo::countries().size());
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: serve_store FILE\n");
    return 2;
  }
  const auto store = must(openStore(argv[1], BinWidth()));
  Maker maker(*store);
  maker.bins();
  maker.records();
  return 0;
}
