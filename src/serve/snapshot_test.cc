#include "serve/snapshot.h"

#include <gtest/gtest.h>

#include <chrono>

namespace nightjar::serve {
namespace {

using std::chrono::hours;

std::vector<std::string> names(const Entity& entity) {
  if (entity.code() == "KZ-ALA") return {"Almaty", "Алма-Ата"};
  if (entity.code() == "KZ") return {"another name"};
  return {};
}

// What its document leaves open is told by who knows the names.
TEST(Snapshot, NamesTheRegionsOfIncidents) {
  const auto store = series::openStore(":memory:").value();
  const auto put = [&](const char* code, const char* name, int hour) {
    const std::string json =
        name == nullptr ? R"({"name":null})" : R"({"name":")" + std::string(name) + R"("})";
    const series::StoredIncident incident{.id = code,
                                          .rule = "nightjar",
                                          .entity = Entity::parse(code).value(),
                                          .onset = Time(hours(hour)),
                                          .end = {},
                                          .json = json};
    ASSERT_TRUE(store->putIncident(incident));
  };
  put("KZ", "Kazakhstan", 3);
  put("KZ-ALA", nullptr, 2);
  put("KZ-AST", nullptr, 1);
  const auto snapshot = readSnapshot(*store, names).value();
  std::vector<std::string> told;
  for (const IncidentHead& one : snapshot->incidents) told.push_back(one.name);
  EXPECT_EQ(told, (std::vector<std::string>{"Kazakhstan", "Almaty", ""}));
}

}  // namespace
}  // namespace nightjar::serve
