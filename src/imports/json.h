// JSON of other people: a document whose depth and size cannot hurt, and ways to ask it without surprises.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace nightjar::imports {

class Json;

// All values of a text, one after another as they come in it: 24 bytes each and the bytes of the strings.
class JsonDocument {
 public:
  static constexpr size_t kMostText = size_t{64} << 20;
  static constexpr size_t kMostValues = size_t{1} << 24;

  // Reads the one document that the text is, after a byte order mark. What was read before is gone.
  // Fails with kInvalid at the byte where it is none, kLimit for more than kMostText or kMostValues.
  Result<void> parse(std::string_view text);
  // The same for a document at the front of the text; gives the bytes that it takes.
  Result<size_t> parseFront(std::string_view text);

  // REQUIRES: parsed.
  Json root() const;

 private:
  friend class Json;
  friend class JsonBuilder;
  enum class Kind : uint8_t { kNull, kFalse, kTrue, kNumber, kText, kArray, kObject };
  struct Text {
    uint32_t offset, length;
  };
  struct Value {
    union {
      double number;
      Text text;
    };
    Text name;     // of a member
    uint32_t end;  // the value after it and all that is in it
    Kind kind;
  };

  std::string_view view(Text text) const { return std::string_view(texts_).substr(text.offset, text.length); }

  std::vector<Value> values_;
  std::string texts_;
};

// A value of a document, which must outlive it. Asked for what it is not, it gives nothing: a null, an empty
// text, no parts.
class Json {
 public:
  Json() = default;

  bool isNull() const { return kind() == JsonDocument::Kind::kNull; }
  bool isArray() const { return kind() == JsonDocument::Kind::kArray; }
  bool isObject() const { return kind() == JsonDocument::Kind::kObject; }
  bool isText() const { return kind() == JsonDocument::Kind::kText; }
  std::optional<bool> boolean() const;
  std::optional<double> number() const;
  std::string_view text() const;
  // Seconds since the epoch, in the years 1970 to 2199.
  std::optional<int64_t> seconds() const;

  // The first member of that name of an object.
  Json operator[](std::string_view name) const;
  // The first part of an array or object.
  Json first() const;
  // How many parts an array or object has; takes as long as going through them.
  size_t size() const;
  // Of a member of an object.
  std::string_view name() const;

  // The parts of an array or object, in order.
  class Iterator {
   public:
    Iterator(const JsonDocument* document, uint32_t index) : document_(document), index_(index) {}
    Json operator*() const { return {document_, index_}; }
    Iterator& operator++();
    bool operator==(const Iterator&) const = default;

   private:
    const JsonDocument* document_;
    uint32_t index_;
  };
  Iterator begin() const;
  Iterator end() const;

 private:
  friend class JsonDocument;
  Json(const JsonDocument* document, uint32_t index) : document_(document), index_(index) {}
  JsonDocument::Kind kind() const;
  bool hasParts() const { return isArray() || isObject(); }

  const JsonDocument* document_ = nullptr;
  uint32_t index_ = 0;
};

// 2200-01-01, past which no time is read.
inline constexpr int64_t kLatestSecond = 7'258'118'400;

}  // namespace nightjar::imports
