// The document against what the API does.
#include "serve/openapi.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <set>

#include "series/signals.h"
#include "serve/api.h"

namespace nightjar::serve {
namespace {

class OpenApiTest : public testing::Test {
 protected:
  void SetUp() override {
    document_.Parse(openApiDocument().data(), openApiDocument().size());
    ASSERT_TRUE(document_.IsObject());
    store_ = series::openStore(":memory:").value();
    const auto id = store_->idOf({std::string(series::kVisible24), Entity::country("EG")}).value();
    for (int64_t bin = 0; bin < 300; ++bin) {
      const series::Sample sample{id, {bin == 200 ? 0.0 : 100.0, 1}};
      ASSERT_TRUE(store_->append(Bin{kFirst + bin}, {&sample, 1}));
    }
    ASSERT_TRUE(store_->putIncident(
        {"EG-1", 0, "nightjar", Entity::country("EG"), Bin{kFirst + 200}.start(BinWidth()), std::nullopt,
         R"({"id":"EG-1","name":"Egypt","kind":"withdrawn","state":"open","depth":1.0,"judged_until":"2011-10-31T19:15:00Z"})"
         "\n"}));
    api_ = std::make_unique<Api>(*store_, read(), ApiOptions{"0"});
    api_->addTo(router_);
  }

  std::shared_ptr<const Snapshot> read() {
    return readSnapshot(*store_, [](const Entity&) { return std::vector<std::string>{"Egypt"}; }).value();
  }
  Response get(std::string_view target) {
    Request request;
    EXPECT_TRUE(readTarget(target, request));
    return router_.dispatch(request);
  }
  rapidjson::Document json(std::string_view target) {
    const Response response = get(target);
    rapidjson::Document parsed;
    parsed.Parse(response.body.c_str(), response.body.size());
    EXPECT_EQ(response.status, 200) << target << response.body;
    EXPECT_FALSE(parsed.HasParseError()) << target;
    return parsed;
  }
  void expectRequired(const char* schema, const rapidjson::Value& value) {
    for (const auto& name : document_["components"]["schemas"][schema]["required"].GetArray()) {
      EXPECT_TRUE(value.HasMember(name)) << schema << "." << name.GetString();
    }
  }

  static constexpr int64_t kFirst = 4'400'000;
  rapidjson::Document document_;
  std::unique_ptr<series::Store> store_;
  std::unique_ptr<Api> api_;
  Router router_;
};

// What ServingThread adds to the API's own: events, counters, and the page, which is no part of the document.
TEST_F(OpenApiTest, NamesEveryRouteAndNoOther) {
  std::set<std::string> written;
  for (const auto& path : document_["paths"].GetObject()) written.insert(path.name.GetString());
  std::set<std::string> routes = {"/api/v1/events", "/metrics"};
  for (const Route& route : router_.routes()) routes.insert(route.pattern);
  EXPECT_EQ(written, routes);
}

TEST_F(OpenApiTest, NamesEveryNameInAPath) {
  for (const auto& path : document_["paths"].GetObject()) {
    const std::string pattern = path.name.GetString();
    size_t named = 0;
    for (const auto& parameter : path.value["get"]["parameters"].GetArray()) {
      if (std::string_view(parameter["in"].GetString()) != "path") continue;
      ++named;
      EXPECT_NE(pattern.find("{" + std::string(parameter["name"].GetString()) + "}"), std::string::npos)
          << pattern;
    }
    EXPECT_EQ(named, static_cast<size_t>(std::count(pattern.begin(), pattern.end(), '{'))) << pattern;
  }
}

TEST_F(OpenApiTest, TheAnswersHaveTheirFields) {
  expectRequired("Series", json("/api/v1/entities/EG/series"));
  const auto incidents = json("/api/v1/incidents");
  expectRequired("IncidentList", incidents);
  ASSERT_EQ(incidents["incidents"].Size(), 1U);
  for (const auto& name :
       document_["components"]["schemas"]["IncidentList"]["properties"]["incidents"]["items"]["properties"]
           .GetObject()) {
    EXPECT_TRUE(incidents["incidents"][0].HasMember(name.name)) << name.name.GetString();
  }
}

TEST_F(OpenApiTest, NoMinimumIsLost) {
  const auto series = json("/api/v1/entities/EG/series?points=7");
  double least = 100;
  for (const auto& value : series["series"][0]["least"].GetArray())
    least = std::min(least, value.GetDouble());
  EXPECT_EQ(least, 0);
  EXPECT_EQ(series["series"][0]["values"].Size(), 7U);
}

TEST_F(OpenApiTest, GeoJsonPointsAtTheCountry) {
  const auto answer = json("/api/v1/incidents?format=geojson");
  const auto& feature = answer["features"][0];
  EXPECT_STREQ(feature["geometry"]["type"].GetString(), "Point");
  EXPECT_NEAR(feature["geometry"]["coordinates"][0].GetDouble(), 30, 5) << "longitude first";
  EXPECT_NEAR(feature["geometry"]["coordinates"][1].GetDouble(), 27, 5);
}

TEST_F(OpenApiTest, SourcesSayHowTheirCollectorStands) {
  const auto at = [](int64_t seconds) { return Time(Seconds(seconds)); };
  for (const int64_t until : {200, 100}) {
    ASSERT_TRUE(store_->addSource(
        {"updates." + std::to_string(until), "rrc00", "updates", at(50), at(until), "", "", "nightjar"}));
  }
  const series::Note note{"collector", "rrc00", at(300), R"({"coverage":0.5,"peers":[{"asn":1}]})"};
  ASSERT_TRUE(store_->putNotes({&note, 1}));
  api_->show(read());
  const auto answer = json("/api/v1/sources");
  const auto& last = answer["sources"][0];
  EXPECT_EQ(last["coverage"].GetDouble(), 0.5);
  EXPECT_EQ(last["peers"][0]["asn"].GetInt(), 1);
  EXPECT_STREQ(last["until"].GetString(), "1970-01-01T00:05:00Z") << "its last word";
  EXPECT_FALSE(answer["sources"][1].HasMember("peers")) << "told once";
}

// As IODA's own page asks (InetIntel/ioda-ui, ActionSignals.js, ActionEntities.js).
TEST_F(OpenApiTest, IodasOwnPageIsUnderstood) {
  for (const char* code : {"AS8452@EG", "AS8452", "EG-C", "AS9198@KZ", "AS9198"}) {
    const auto id = store_->idOf({std::string(series::kVisible24), Entity::parse(code).value()}).value();
    const series::Sample sample{id, {1, 1}};
    ASSERT_TRUE(store_->append(Bin{kFirst}, {&sample, 1}));
  }
  api_->show(read());
  const auto raw =
      json("/v2/signals/raw/country/EG?from=1320000000&until=1320060000&maxPoints=null&datasource=bgp");
  EXPECT_STREQ(raw["data"][0][0]["datasource"].GetString(), "bgp");
  const auto codes = [&](const std::string& query) {
    std::vector<std::string> found;
    const auto answer = json("/v2/entities/query?" + query);
    for (const auto& one : answer["data"].GetArray()) found.emplace_back(one["code"].GetString());
    return found;
  };
  EXPECT_EQ(codes("entityType=asn&relatedTo=country/EG"), std::vector<std::string>{"8452"});
  EXPECT_EQ(codes("entityType=region&relatedTo=country%2FEG"), std::vector<std::string>{"EG-C"});
  EXPECT_EQ(codes("entityType=country&relatedTo=asn/8452"), std::vector<std::string>{"EG"});
  const auto region = json("/v2/entities/query?entityType=region&entityCode=EG-C");
  EXPECT_STREQ(region["data"][0]["attrs"]["country_name"].GetString(), "Egypt");
}

TEST_F(OpenApiTest, WrongQuestionsAreToldApart) {
  struct Row {
    std::string_view target;
    int status;
  };
  for (const Row& row : {Row{"/api/v1/entities/EG/series?from=yesterday", 400},
                         Row{"/api/v1/entities/EG/series?points=0", 400},
                         Row{"/api/v1/entities/EG/series?from=2022-01-02&until=2022-01-01", 400},
                         Row{"/api/v1/entities/XX", 404}, Row{"/api/v1/entities/nonsense!", 400},
                         Row{"/api/v1/incidents/none", 404}, Row{"/api/v1/incidents?format=xml", 400},
                         Row{"/api/v1/observability?at=yesterday", 400}, Row{"/v2/outages/events", 400},
                         Row{"/v2/datasources/none", 404}, Row{"/feeds/EG", 404}, Row{"/nothing", 404}}) {
    EXPECT_EQ(get(row.target).status, row.status) << row.target;
  }
}

TEST_F(OpenApiTest, TellsEveryCountryAtOneTime) {
  struct Row {
    int64_t bin;
    std::string_view state;
  };
  // Six hours are 72 bins; the incident is open from bin 200; the judgement ends at bin 295.
  for (const Row& row :
       {Row{0, "cannot tell"}, Row{71, "cannot tell"}, Row{72, "up"}, Row{199, "up"}, Row{200, "down"},
        Row{294, "down"}, Row{295, "cannot tell"}, Row{3000, "cannot tell"}}) {
    const std::string at = formatTime(Bin{kFirst + row.bin}.start(BinWidth()));
    const auto answer = json("/api/v1/observability?at=" + at);
    ASSERT_EQ(answer["places"].Size(), 1U);
    EXPECT_STREQ(answer["places"][0]["entity"].GetString(), "EG");
    EXPECT_EQ(answer["places"][0]["state"].GetString(), row.state) << row.bin;
    // The same as the place's own answer says, as far as there are data.
    if (row.bin >= 300) continue;
    const auto own = json("/api/v1/observability?entity=EG&from=" + at +
                          "&until=" + formatTime(Bin{kFirst + row.bin + 1}.start(BinWidth())));
    EXPECT_EQ(own["states"][0]["state"].GetString(), row.state) << row.bin;
  }
  EXPECT_EQ(json("/api/v1/observability")["places"].Size(), 1U);
}

TEST_F(OpenApiTest, ARecurringIncidentIsUpInBetween) {
  const auto at = [](int64_t bin) { return formatTime(Bin{kFirst + bin}.start(BinWidth())); };
  ASSERT_TRUE(store_->putIncident(
      {"EG-1", 0, "nightjar", Entity::country("EG"), Bin{kFirst + 200}.start(BinWidth()), std::nullopt,
       R"({"id":"EG-1","kind":"dark","state":"open","judged_until":")" + at(300) +
           R"(","recurrence":{"occurrences":[{"onset":")" + at(200) + R"(","end":")" + at(210) +
           R"("},{"onset":")" + at(280) + R"(","end":null}]}})" + "\n"}));
  api_->show(read());
  struct Row {
    int64_t bin;
    std::string_view state;
  };
  for (const Row& row :
       {Row{209, "down"}, Row{210, "up"}, Row{279, "up"}, Row{280, "down"}, Row{299, "down"}}) {
    EXPECT_EQ(json("/api/v1/observability?at=" + at(row.bin))["places"][0]["state"].GetString(), row.state);
    const auto own =
        json("/api/v1/observability?entity=EG&from=" + at(row.bin) + "&until=" + at(row.bin + 1));
    EXPECT_EQ(own["states"][0]["state"].GetString(), row.state) << row.bin;
  }
}

TEST_F(OpenApiTest, CsvComesInPieces) {
  const Response response = get("/api/v1/entities/EG/series?format=csv");
  ASSERT_TRUE(response.pieces);
  std::string all;
  for (;;) {
    const std::string piece = response.pieces().value();
    if (piece.empty()) break;
    all += piece;
  }
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 301);
  EXPECT_TRUE(all.starts_with("time,signal,value,coverage\n2011-"));
}

TEST_F(OpenApiTest, SpeaksIodasTongue) {
  const auto raw = json("/v2/signals/raw/country/EG?from=1320000000&until=1320001500&datasource=bgp");
  const auto& series = raw["data"][0][0];
  for (const char* name : {"entityType", "entityCode", "entityName", "entityFqid", "datasource", "subtype",
                           "from", "until", "step", "nativeStep", "values"}) {
    EXPECT_TRUE(series.HasMember(name)) << name;
  }
  EXPECT_EQ(series["values"].Size(), 5U);
  const auto events = json("/v2/outages/events/country/EG?from=1320000000&until=1320200000");
  ASSERT_EQ(events["data"].Size(), 1U);
  EXPECT_STREQ(events["data"][0]["location"].GetString(), "country/EG");
  EXPECT_EQ(json("/v2/outages/events/asn/1?from=1320000000&until=1320200000")["data"].Size(), 0U);
  EXPECT_EQ(json("/v2/entities/query?search=egy")["data"].Size(), 1U);
}

}  // namespace
}  // namespace nightjar::serve
