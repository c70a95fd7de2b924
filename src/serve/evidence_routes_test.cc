// The card, the chart and the bundle as routes; how they are made is told by functions that the test gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/api.h"

namespace nightjar::serve {
namespace {

using testing::HasSubstr;

class EvidenceRoutes : public testing::Test {
 protected:
  void SetUp() override {
    store_ = series::openStore(":memory:").value();
    for (const char* state : {"open", "ended"}) {
      ASSERT_TRUE(store_->putIncident({"EG-1", 0, "nightjar", Entity::country("EG"), Time{}, std::nullopt,
                                       std::string(R"({"id":"EG-1","state":")") + state + "\"}"}));
    }
  }
  void open(Evidence evidence) {
    const auto nameless = [](const Entity&) { return std::vector<std::string>{}; };
    api_ = std::make_unique<Api>(*store_, readSnapshot(*store_, nameless).value(),
                                 ApiOptions{"0", std::move(evidence)});
    router_ = Router();
    api_->addTo(router_);
  }
  static Evidence all() {
    const auto tell = [](const series::StoredIncident& one) {
      return Response{.body = "revision " + std::to_string(one.revision)};
    };
    return {"key",
            [](const series::StoredIncident& one, std::string_view theme) -> Result<Evidence::Card> {
              return Evidence::Card{std::string(theme) + " " + one.json, "sha256-x"};
            },
            tell, tell};
  }
  Response get(std::string_view target) {
    Request request;
    EXPECT_TRUE(readTarget(target, request));
    return router_.dispatch(request);
  }
  static std::string header(const Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "absent";
  }

  std::unique_ptr<series::Store> store_;
  std::unique_ptr<Api> api_;
  Router router_;
};

TEST_F(EvidenceRoutes, TheCardMayBeFramedAndNothingElse) {
  open(all());
  const Response card = get("/embed/EG-1?theme=dark");
  EXPECT_EQ(card.status, 200);
  EXPECT_EQ(card.type, "text/html; charset=utf-8");
  EXPECT_THAT(card.body, HasSubstr("dark {\"id\""));
  const std::string policy = header(card, "Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("frame-ancestors *"));
  EXPECT_THAT(policy, HasSubstr("style-src 'sha256-x'"));
  EXPECT_EQ(header(card, "X-Frame-Options"), "") << "left out";
  for (const char* other : {"/api/v1/incidents/EG-1", "/api/v1/incidents/EG-1/chart.png", "/embed/EG-2"})
    EXPECT_EQ(header(get(other), "Content-Security-Policy"), "absent")
        << other << ": the server's own, which is strict";
}

TEST_F(EvidenceRoutes, ARevisionIsFoundAgain) {
  open(all());
  EXPECT_EQ(get("/api/v1/incidents/EG-1/chart.png").body, "revision 2");
  EXPECT_EQ(get("/api/v1/incidents/EG-1/chart.png?revision=1").body, "revision 1");
  EXPECT_THAT(get("/api/v1/incidents/EG-1?revision=1").body, HasSubstr("\"state\":\"open\""));
  EXPECT_THAT(get("/embed/EG-1?revision=1").body, HasSubstr("\"state\":\"open\""));
  EXPECT_EQ(get("/api/v1/incidents/EG-1/bundle.tar").body, "revision 2");
}

TEST_F(EvidenceRoutes, SaysWhatIsNotThere) {
  struct Row {
    std::string_view target;
    int status;
  };
  open(all());
  for (const Row& row :
       {Row{"/embed/EG-2", 404}, Row{"/embed/EG-1?theme=pink", 400}, Row{"/embed/EG-1?revision=3", 404},
        Row{"/embed/EG-1?revision=0", 400}, Row{"/api/v1/incidents/EG-1?revision=x", 400},
        Row{"/api/v1/incidents/EG-1/bundle.tar?revision=1", 400},
        Row{"/api/v1/incidents/EG-2/bundle.tar", 404}}) {
    EXPECT_EQ(get(row.target).status, row.status) << row.target;
  }
  EXPECT_THAT(get("/api/v1/status").body, HasSubstr(R"("public_key":"key")"));
  open({});
  EXPECT_THAT(get("/api/v1/incidents/EG-1/bundle.tar").body, HasSubstr("no key to sign evidence with"));
  EXPECT_EQ(get("/api/v1/incidents/EG-1/chart.png").status, 404);
  EXPECT_EQ(get("/embed/EG-1").status, 404);
  EXPECT_THAT(get("/api/v1/status").body, HasSubstr(R"("public_key":null)"));
}

TEST_F(EvidenceRoutes, InstrumentsAreToldByTheLongestSeries) {
  for (const auto& [code, bins] : {std::pair{"EG", 3}, std::pair{"KZ", 5}}) {
    const auto id = store_->idOf({"probe.up24", Entity::country(code)}).value();
    for (int64_t bin = 0; bin < bins; ++bin) {
      const series::Sample sample{id, {1, 1}};
      ASSERT_TRUE(store_->append(Bin{bin}, {&sample, 1}));
    }
  }
  open({});
  EXPECT_THAT(get("/api/v1/instruments").body,
              HasSubstr(R"({"signal":"probe.up24","places":2,"entity":"KZ","name":null,)"
                        R"("from":"1970-01-01T00:00:00Z","until":"1970-01-01T00:25:00Z"})"));
}

}  // namespace
}  // namespace nightjar::serve
