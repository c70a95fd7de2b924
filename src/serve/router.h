// Which handler answers which path.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "serve/message.h"

namespace nightjar::serve {

// What a pattern's {names} stood for, in order.
using PathValues = std::span<const std::string>;
using Handler = std::function<Response(const Request&, PathValues)>;

struct Route {
  Method method = Method::kGet;  // GET answers HEAD too
  std::string pattern;           // "/api/v1/incidents/{id}"; the OpenAPI document names it the same
  Handler handler;
};

// Not thread-safe while routes are added; any number of threads may dispatch after that.
class Router {
 public:
  // A route that was added earlier wins over a later one that matches too.
  void add(Route route);
  // 404 where no pattern matches, 405 with Allow where none does for the method.
  Response dispatch(const Request& request) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace nightjar::serve
