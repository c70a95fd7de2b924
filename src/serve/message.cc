#include "serve/message.h"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "serve/unicode.h"

namespace nightjar::serve {
namespace {

constexpr size_t kMostSegments = 32;
constexpr size_t kMostParameters = 64;

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// In a query a plus is a space (the form encoding that browsers use).
Result<std::string> decode(std::string_view text, bool in_query) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 1 < text.size() ? hexValue(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hexValue(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return fail(ErrorKind::kInvalid, "a percent sign without two hexadecimal digits");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && in_query) {
      c = ' ';
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return fail(ErrorKind::kInvalid, "a control character");
    }
    decoded += c;
  }
  if (!isUtf8(decoded)) return fail(ErrorKind::kInvalid, "text that is not UTF-8");
  return decoded;
}

Result<void> readPath(std::string_view path, Request& request) {
  if (!path.starts_with('/')) return fail(ErrorKind::kInvalid, "the path does not begin with a slash");
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const size_t end = std::min(path.find('/'), path.size());
    auto segment = decode(path.substr(0, end), false);
    path.remove_prefix(end);
    if (!segment) return std::unexpected(segment.error());
    if (*segment == "." || *segment == ".." || segment->find('/') != std::string::npos) {
      return fail(ErrorKind::kInvalid, "a path that leaves its folder");
    }
    if (request.segments.size() == kMostSegments) return fail(ErrorKind::kInvalid, "the path is too deep");
    request.segments.push_back(std::move(*segment));
  }
  while (!request.segments.empty() && request.segments.back().empty()) request.segments.pop_back();
  return {};
}

Result<void> readQuery(std::string_view query, Request& request) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    if (request.query.size() == kMostParameters) return fail(ErrorKind::kInvalid, "too many parameters");
    const size_t equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals), true);
    if (!name) return std::unexpected(name.error());
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!value) return std::unexpected(value.error());
    request.query.emplace_back(std::move(*name), std::move(*value));
  }
  return {};
}

}  // namespace

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

bool Request::has(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return true;
  }
  return false;
}

Response errorResponse(int status, std::string_view message) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  json.StartObject();
  json.Key("error");
  json.String(message.data(), static_cast<rapidjson::SizeType>(message.size()));
  json.EndObject();
  return {.status = status, .body = std::string(buffer.GetString(), buffer.GetSize()) + "\n"};
}

Response errorResponse(const Error& error) {
  if (error.kind == ErrorKind::kUsage) return errorResponse(400, error.message);
  return errorResponse(500, "the server could not read its store");
}

Result<void> readTarget(std::string_view target, Request& request) {
  const size_t mark = std::min(target.find('?'), target.size());
  if (auto path = readPath(target.substr(0, mark), request); !path) return path;
  return readQuery(target.substr(std::min(mark + 1, target.size())), request);
}

}  // namespace nightjar::serve
