#include "names/regions.h"

#include <rapidjson/document.h>

namespace nightjar::names {

Result<std::vector<Region>> readRegions(std::string_view json) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (!document.IsObject() || !document.HasMember("3166-2") || !document["3166-2"].IsArray()) {
    return fail(ErrorKind::kInvalid, "is no list of regions");
  }
  std::vector<Region> regions;
  for (const rapidjson::Value& one : document["3166-2"].GetArray()) {
    if (!one.IsObject()) continue;
    const auto code = one.FindMember("code");
    const auto name = one.FindMember("name");
    if (code == one.MemberEnd() || name == one.MemberEnd() || !code->value.IsString() ||
        !name->value.IsString()) {
      continue;
    }
    regions.push_back({code->value.GetString(), name->value.GetString()});
  }
  return regions;
}

}  // namespace nightjar::names
