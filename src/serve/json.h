// Writing JSON with RapidJSON, a little shorter.
#pragma once

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace nightjar::serve {

// One document. Calls follow the document's order, as in RapidJSON's Writer.
class Json {
 public:
  Json& open() { return writer_.StartObject(), *this; }
  Json& close() { return writer_.EndObject(), *this; }
  Json& openArray() { return writer_.StartArray(), *this; }
  Json& closeArray() { return writer_.EndArray(), *this; }
  Json& key(std::string_view name) {
    return writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())), *this;
  }
  Json& text(std::string_view value) {
    return writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size())), *this;
  }
  // Empty text is null: nobody knows.
  Json& textOrNull(std::string_view value) { return value.empty() ? null() : text(value); }
  Json& null() { return writer_.Null(), *this; }
  Json& boolean(bool value) { return writer_.Bool(value), *this; }
  Json& integer(int64_t value) { return writer_.Int64(value), *this; }
  // The shortest text that reads back the same; null for what is no number.
  Json& number(double value) { return std::isfinite(value) ? raw(fmt::format("{}", value)) : null(); }
  Json& time(Time value) { return text(formatTime(value)); }
  Json& timeOrNull(const std::optional<Time>& value) { return value ? time(*value) : null(); }
  // Already JSON.
  Json& raw(std::string_view json) {
    return writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType), *this;
  }
  std::string take() {
    buffer_.Put('\n');
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace nightjar::serve
