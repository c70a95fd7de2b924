#include "imports/json.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <limits>

namespace nightjar::imports {

// Takes the parser's events, in the order of the text.
class JsonBuilder {
 public:
  explicit JsonBuilder(JsonDocument& document) : document_(document) {}

  bool full() const { return full_; }

  bool Null() { return put(JsonDocument::Kind::kNull); }
  bool Bool(bool value) { return put(value ? JsonDocument::Kind::kTrue : JsonDocument::Kind::kFalse); }
  bool Int(int value) { return putNumber(value); }
  bool Uint(unsigned value) { return putNumber(value); }
  bool Int64(int64_t value) { return putNumber(static_cast<double>(value)); }
  bool Uint64(uint64_t value) { return putNumber(static_cast<double>(value)); }
  bool Double(double value) { return putNumber(value); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    if (!put(JsonDocument::Kind::kText)) return false;
    document_.values_.back().text = keep(text, length);
    return true;
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    name_ = keep(text, length);
    return true;
  }
  bool StartObject() { return open(JsonDocument::Kind::kObject); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool StartArray() { return open(JsonDocument::Kind::kArray); }
  bool EndArray(rapidjson::SizeType) { return close(); }

 private:
  bool put(JsonDocument::Kind kind) {
    auto& values = document_.values_;
    if (values.size() == JsonDocument::kMostValues) {
      full_ = true;
      return false;
    }
    values.push_back(
        {.number = 0, .name = name_, .end = static_cast<uint32_t>(values.size() + 1), .kind = kind});
    name_ = {};
    return true;
  }
  bool putNumber(double number) {
    if (!put(JsonDocument::Kind::kNumber)) return false;
    document_.values_.back().number = number;
    return true;
  }
  bool open(JsonDocument::Kind kind) {
    open_.push_back(static_cast<uint32_t>(document_.values_.size()));
    return put(kind);
  }
  bool close() {
    document_.values_[open_.back()].end = static_cast<uint32_t>(document_.values_.size());
    open_.pop_back();
    return true;
  }
  JsonDocument::Text keep(const char* text, size_t length) {
    const auto offset = static_cast<uint32_t>(document_.texts_.size());
    document_.texts_.append(text, length);
    return {offset, static_cast<uint32_t>(length)};
  }

  JsonDocument& document_;
  JsonDocument::Text name_{};
  std::vector<uint32_t> open_;
  bool full_ = false;
};

Result<size_t> JsonDocument::parseFront(std::string_view text) {
  values_.clear();
  texts_.clear();
  const std::string_view front = text.substr(0, kMostText);
  rapidjson::MemoryStream stream(front.data(), front.size());
  JsonBuilder builder(*this);
  rapidjson::Reader reader;
  // Iterative: depth costs memory in proportion to the text, and never the stack.
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseStopWhenDoneFlag;
  const auto parsed = reader.Parse<kFlags>(stream, builder);
  if (!parsed.IsError()) return stream.Tell();
  if (builder.full())
    return fail(ErrorKind::kLimit, fmt::format("is JSON of more than {} values", kMostValues));
  if (text.size() > kMostText && parsed.Offset() >= kMostText) {
    return fail(ErrorKind::kLimit, fmt::format("is JSON of more than {} MiB", kMostText >> 20));
  }
  std::string message = rapidjson::GetParseError_En(parsed.Code());
  while (message.ends_with('.')) message.pop_back();
  return fail(ErrorKind::kInvalid, "is no JSON: " + message, parsed.Offset());
}

Result<void> JsonDocument::parse(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  const size_t from = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  auto taken = parseFront(text.substr(from));
  if (!taken) {
    if (taken.error().offset) *taken.error().offset += from;
    return std::unexpected(taken.error());
  }
  const size_t rest = text.find_first_not_of(" \t\r\n", from + *taken);
  if (rest != std::string_view::npos)
    return fail(ErrorKind::kInvalid, "is no JSON: more follows its end", rest);
  return {};
}

Json JsonDocument::root() const {
  return values_.empty() ? Json() : Json(this, 0);
}

JsonDocument::Kind Json::kind() const {
  return document_ == nullptr ? JsonDocument::Kind::kNull : document_->values_[index_].kind;
}

std::optional<bool> Json::boolean() const {
  if (kind() == JsonDocument::Kind::kTrue) return true;
  if (kind() == JsonDocument::Kind::kFalse) return false;
  return std::nullopt;
}

std::optional<double> Json::number() const {
  if (kind() != JsonDocument::Kind::kNumber) return std::nullopt;
  return document_->values_[index_].number;
}

std::string_view Json::text() const {
  return isText() ? document_->view(document_->values_[index_].text) : std::string_view();
}

std::optional<int64_t> Json::seconds() const {
  const auto value = number();
  if (!value || !(*value >= 0) || *value > static_cast<double>(kLatestSecond)) return std::nullopt;
  return static_cast<int64_t>(*value);
}

std::string_view Json::name() const {
  return document_ == nullptr ? std::string_view() : document_->view(document_->values_[index_].name);
}

Json Json::operator[](std::string_view name) const {
  if (!isObject()) return {};
  for (const Json member : *this) {
    if (member.name() == name) return member;
  }
  return {};
}

Json Json::first() const {
  return begin() == end() ? Json() : *begin();
}

size_t Json::size() const {
  size_t count = 0;
  for (auto at = begin(); at != end(); ++at) ++count;
  return count;
}

Json::Iterator& Json::Iterator::operator++() {
  index_ = document_->values_[index_].end;
  return *this;
}

Json::Iterator Json::begin() const {
  return hasParts() ? Iterator(document_, index_ + 1) : Iterator(nullptr, 0);
}

Json::Iterator Json::end() const {
  return hasParts() ? Iterator(document_, document_->values_[index_].end) : Iterator(nullptr, 0);
}

}  // namespace nightjar::imports
