#include "serve/observability.h"

#include <gtest/gtest.h>

#include "series/signals.h"

namespace nightjar::serve {
namespace {

constexpr int64_t kFirst = 4'400'000;
const BinWidth kWidth;

class ObservabilityTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = series::openStore(":memory:").value();
    fill(series::kUp24, 0, 600);
    fill(series::kVisible24, 300, 600);
  }

  void fill(std::string_view signal, int64_t from, int64_t until) {
    const auto id = store_->idOf({std::string(signal), kIran}).value();
    ASSERT_TRUE(store_->begin());
    for (int64_t bin = from; bin < until; ++bin) {
      const series::Sample sample{id, {bin < 200 ? 10.0 : 300.0, 1}};
      ASSERT_TRUE(store_->append(Bin{kFirst + bin}, {&sample, 1}));
    }
    ASSERT_TRUE(store_->commit());
  }

  void note(std::string json) {
    const series::Note note{"judgement", "nightjar", at(600), std::move(json)};
    ASSERT_TRUE(store_->putNotes({&note, 1}));
  }

  Api api() {
    return {*store_, readSnapshot(*store_, [](const Entity&) { return std::vector<std::string>{}; }).value(),
            ApiOptions{"0"}};
  }
  static Time at(int64_t bin) { return Bin{kFirst + bin}.start(kWidth); }

  const Entity kIran = Entity::country("IR");
  std::unique_ptr<series::Store> store_;
};

using States = std::vector<std::pair<ObservedState, Time>>;  // until when

States statesOf(Api& api) {
  States states;
  const auto all = observabilityOf(api, *api.catalog().find("IR"), {}).value();
  for (const Observed& one : all) states.emplace_back(one.state, one.until);
  return states;
}

TEST_F(ObservabilityTest, ASeriesSpeaksAfterSixHours) {
  Api api = this->api();
  EXPECT_EQ(statesOf(api), (States{{ObservedState::kCannotTell, at(72)},
                                   {ObservedState::kUp, at(372)},
                                   {ObservedState::kUp, at(600)}}));
}

TEST_F(ObservabilityTest, WhatMayHaveBeenDarkFromTheBeginningIsNotUp) {
  note(R"({"cannot_tell":[{"from":")" + formatTime(at(0)) + R"(","until":")" + formatTime(at(200)) +
       R"(","reason":"beginning","signal":"probe.up24","entities":["IQ","IR"]}]})");
  Api api = this->api();
  EXPECT_EQ(statesOf(api), (States{{ObservedState::kCannotTell, at(200)},
                                   {ObservedState::kUp, at(372)},
                                   {ObservedState::kUp, at(600)}}));
  const auto now = [&](int64_t bin) { return countriesAt(api, at(bin)).value().at(0).now.state; };
  EXPECT_EQ(now(199), ObservedState::kCannotTell);
  EXPECT_EQ(now(200), ObservedState::kUp);
}

TEST_F(ObservabilityTest, ANoteThatIsNoneSaysNothing) {
  for (const char* json : {"", "[]", "{\"cannot_tell\":7}", "{\"cannot_tell\":[1,{}]}",
                           "{\"cannot_tell\":[{\"from\":\"2012-01-01T00:00:00Z\",\"until\":\"x\",\"signal\":"
                           "\"probe.up24\",\"entities\":[\"IR\",1]}]}"}) {
    note(json);
    Api api = this->api();
    EXPECT_EQ(statesOf(api).at(1).first, ObservedState::kUp) << json;
  }
}

}  // namespace
}  // namespace nightjar::serve
