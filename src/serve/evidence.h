// What people take away of an incident beside its document. How it is made is not this folder's: src/app
// hands it in.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "series/store.h"
#include "serve/message.h"

namespace nightjar::serve {

// A function that is empty makes its route say that this server has none. They run on the serving thread:
// what takes longer than milliseconds gives a response that comes later.
struct Evidence {
  std::string public_key;  // that bundles are signed by, in hexadecimal digits; empty: none are made
  struct Card {
    std::string html;
    std::string style_hash;  // of its one style element, as a Content-Security-Policy names it
  };
  // The theme is "light", "dark", or empty: as the reader's system prefers.
  std::function<Result<Card>(const series::StoredIncident&, std::string_view theme)> card;
  std::function<Response(const series::StoredIncident&)> chart;   // image/png
  std::function<Response(const series::StoredIncident&)> bundle;  // of the latest revision
};

}  // namespace nightjar::serve
