// Makes the store that `nightjar detect` is measured on: networks of a hundred countries, a year each.
//
//   detect_store FILE SERIES
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "geo/countries.h"
#include "series/store.h"
#include "year_series.h"

namespace {

using namespace nightjar;
using namespace nightjar::series;

constexpr size_t kCountries = 100;
constexpr Bin kFirst{5'469'984};  // 1 January 2022

template <typename T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "{}\n", result.error().describe());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace

int main(int argc, char** argv) {
  const size_t count = argc == 3 ? std::strtoul(argv[2], nullptr, 10) : 0;
  if (count == 0) {
    fmt::print(stderr, "usage: detect_store FILE SERIES\n");
    return 2;
  }
  const auto store = must(openStore(argv[1], BinWidth()));
  // A store meets networks in the order of their addresses: those of one country lie far apart.
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  std::vector<bench::YearSeries> makers;
  std::vector<Sample> samples;
  for (const size_t i : order) {
    const bench::Kind kind = bench::kindOf(i);
    const auto country = geo::countries()[i % kCountries].code;
    const auto entity = Entity::networkInCountry(Asn{static_cast<uint32_t>(1000 + i)}, country);
    samples.push_back({must(store->idOf({Signal(bench::signalOf(kind)), entity})), {0, 1}});
    makers.emplace_back(kind, static_cast<unsigned>(i + 1));
  }
  for (size_t at = 0; at < bench::kYear; ++at) {
    if (at % bench::kDay == 0) must(store->begin());
    for (size_t i = 0; i < count; ++i) samples[i].point.value = makers[i].next();
    must(store->append({kFirst.index + static_cast<int64_t>(at)}, samples));
    if ((at + 1) % bench::kDay == 0) must(store->commit());
  }
  return 0;
}
