#include "imports/judgements.h"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cmath>

namespace nightjar::imports {
namespace {

// "20230820T010000Z"
std::string compact(Time time) {
  std::string text = formatTime(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace

Judgement judgementOf(const JudgementWords& words) {
  std::string id = fmt::format("{}-{}-", words.rule, words.entity.code());
  if (!words.words.empty()) id += words.words.front().second + "-";
  id += compact(words.onset);

  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto put = [&json](std::string_view field, std::string_view text) {
    json.Key(field.data(), static_cast<rapidjson::SizeType>(field.size()));
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  };
  json.StartObject();
  put("id", id);
  put("rule", words.rule);
  put("state", words.end ? "closed" : "open");
  put("entity", words.entity.code());
  if (!words.name.empty()) put("name", words.name);
  put("onset", formatTime(words.onset));
  if (words.end) {
    put("end", formatTime(*words.end));
  } else {
    json.Key("end");
    json.Null();
  }
  for (const auto& [field, text] : words.words) put(field, text);
  for (const auto& [field, number] : words.numbers) {
    if (!std::isfinite(number)) continue;
    json.Key(field.c_str());
    json.Double(number);
  }
  json.EndObject();
  return {.id = id,
          .rule = words.rule,
          .entity = words.entity,
          .onset = words.onset,
          .end = words.end,
          .json = std::string(buffer.GetString(), buffer.GetSize()) + "\n"};
}

}  // namespace nightjar::imports
