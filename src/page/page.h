// The web page (ui/), inside the binary.
#pragma once

#include <span>
#include <string_view>

#include "serve/router.h"

namespace nightjar::page {

struct File {
  std::string_view path;  // "/assets/index-Dx3a.js"; "/" is the page itself
  std::string_view type;
  std::string_view bytes;
  bool lasting = false;  // the name carries a hash of the content: it never changes
};

// What was built, or one page that tells how to build it.
std::span<const File> files();

// A route for each file. Packed once: each serving thread has a router of its own.
void addTo(serve::Router& router);

}  // namespace nightjar::page
