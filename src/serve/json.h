// Writing JSON with RapidJSON, a little shorter.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
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
  Json& number(double value) {
    std::array<char, 32> text;
    if (!std::isfinite(value)) return null();
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return raw({text.data(), static_cast<size_t>(end - text.data())});
  }
  Json& time(Time value) { return text(formatTime(value)); }
  Json& timeOrNull(const std::optional<Time>& value) { return value ? time(*value) : null(); }
  // Already JSON.
  Json& raw(std::string_view json) {
    writer_.RawValue("", 0, rapidjson::kObjectType);  // the comma, if one is due
    std::memcpy(buffer_.Push(json.size()), json.data(), json.size());
    return *this;
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
