#include "imports/json.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>

namespace nightjar::imports {

Result<void> parseJson(std::string_view text, rapidjson::Document& document) {
  if (text.size() > kMostJson) {
    return fail(ErrorKind::kLimit, fmt::format("is JSON of more than {} MiB", kMostJson >> 20));
  }
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  const size_t from = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  // Iterative: depth costs memory in proportion to the text, and never the stack.
  document.Parse<rapidjson::kParseIterativeFlag>(text.data() + from, text.size() - from);
  if (!document.HasParseError()) return {};
  std::string message = rapidjson::GetParseError_En(document.GetParseError());
  while (message.ends_with('.')) message.pop_back();
  return fail(ErrorKind::kInvalid, "is no JSON: " + message, from + document.GetErrorOffset());
}

const rapidjson::Value& memberOf(const rapidjson::Value& value, const char* name) {
  static const rapidjson::Value kNull;
  if (!value.IsObject()) return kNull;
  const auto found = value.FindMember(name);
  return found == value.MemberEnd() ? kNull : found->value;
}

std::optional<int64_t> secondsOf(const rapidjson::Value& value) {
  const auto number = numberOf(value);
  if (!number || !(*number >= 0) || *number > static_cast<double>(kLatestSecond)) return std::nullopt;
  return static_cast<int64_t>(*number);
}

}  // namespace nightjar::imports
