// A store in memory or in a file, with few words to fill it and read it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "series/signals.h"
#include "series/store.h"
#include "series/temporary_folder.h"

namespace nightjar::series {

inline constexpr Bin kStart{5'470'000};  // some day of January 2022, in 5 minutes

inline SeriesKey visible(std::string_view code) {
  return {Signal(kVisible24), *Entity::parse(code)};
}
inline Bin operator+(Bin bin, int64_t bins) {
  return {bin.index + bins};
}
inline std::vector<double> valuesOf(const Series& series) {
  std::vector<double> values;
  values.reserve(series.points.size());
  for (const Point& point : series.points) values.push_back(point.present() ? point.value : -1);
  return values;
}

// Every rule of the interface holds in memory and in a file.
class StoreTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { open(); }
  void open() {
    store_.reset();
    auto store = openStore(path());
    ASSERT_TRUE(store) << store.error().describe();
    store_ = std::move(*store);
  }
  std::string path() const { return inFile() ? folder_.file("s.nightjar") : ":memory:"; }
  static bool inFile() { return GetParam(); }

  Sample sample(const SeriesKey& key, double value, float coverage = 1) {
    return {store_->idOf(key).value(), {value, coverage}};
  }
  Appended append(Bin bin, std::vector<Sample> samples) {
    const auto appended = store_->append(bin, samples);
    EXPECT_TRUE(appended) << appended.error().describe();
    return appended.value_or(Appended{});
  }
  std::vector<double> values(const SeriesKey& key, Bin from, Bin until) {
    const auto series = store_->read(key, from, until);
    EXPECT_TRUE(series) << series.error().describe();
    return series ? valuesOf(*series) : std::vector<double>{};
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

}  // namespace nightjar::series
