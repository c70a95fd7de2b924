// Fields of the store's JSON documents: what is absent, or of another type, is empty.
#pragma once

#include <rapidjson/document.h>

#include <optional>
#include <string>

#include "base/time.h"

namespace nightjar::serve {

inline const rapidjson::Value* find(const rapidjson::Value& object, const char* field) {
  const auto member = object.FindMember(field);
  return member == object.MemberEnd() ? nullptr : &member->value;
}

inline std::string textOf(const rapidjson::Value& object, const char* field) {
  const rapidjson::Value* value = find(object, field);
  return value != nullptr && value->IsString() ? value->GetString() : "";
}

inline std::optional<double> numberOf(const rapidjson::Value& object, const char* field) {
  const rapidjson::Value* value = find(object, field);
  return value != nullptr && value->IsNumber() ? std::optional(value->GetDouble()) : std::nullopt;
}

inline std::optional<Time> timeOf(const rapidjson::Value& object, const char* field) {
  const auto time = parseTime(textOf(object, field));
  return time ? std::optional(*time) : std::nullopt;
}

// Calls visit(object) for each object of an array that is a field of `object`; absent is empty.
template <typename Visit>
void forEachIn(const rapidjson::Value& object, const char* field, Visit visit) {
  const rapidjson::Value* list = find(object, field);
  if (list == nullptr || !list->IsArray()) return;
  for (const rapidjson::Value& one : list->GetArray()) {
    if (one.IsObject()) visit(one);
  }
}

}  // namespace nightjar::serve
