#include "serve/router.h"

#include <optional>
#include <utility>

namespace nightjar::serve {
namespace {

bool isName(std::string_view part) {
  return part.starts_with('{') && part.ends_with('}');
}

std::string_view methodName(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
    case Method::kOther:
      break;
  }
  return "";
}

// The values of the pattern's names, if the path has its form.
std::optional<std::vector<std::string>> match(std::string_view pattern,
                                              const std::vector<std::string>& segments) {
  std::vector<std::string> values;
  size_t at = 0;
  while (pattern.size() > 1) {
    pattern.remove_prefix(1);  // the slash
    const size_t end = std::min(pattern.find('/'), pattern.size());
    const std::string_view part = pattern.substr(0, end);
    pattern.remove_prefix(end);
    if (at == segments.size()) return std::nullopt;
    const std::string& segment = segments[at++];
    if (isName(part)) {
      values.push_back(segment);
    } else if (segment != part) {
      return std::nullopt;
    }
  }
  if (at != segments.size()) return std::nullopt;
  return values;
}

bool answers(Method route, Method asked) {
  return route == asked || (route == Method::kGet && asked == Method::kHead);
}

}  // namespace

void Router::add(Route route) {
  routes_.push_back(std::move(route));
}

Response Router::dispatch(const Request& request) const {
  std::string allowed;
  for (const Route& route : routes_) {
    const auto values = match(route.pattern, request.segments);
    if (!values) continue;
    if (answers(route.method, request.method)) return route.handler(request, *values);
    if (!allowed.empty()) allowed += ", ";
    allowed += route.method == Method::kGet ? "GET, HEAD" : methodName(route.method);
  }
  if (allowed.empty()) return errorResponse(404, "nothing is here");
  Response response = errorResponse(405, "this method is not for this path");
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace nightjar::serve
