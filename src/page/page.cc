#include "page/page.h"

#include <memory>
#include <string>

namespace nightjar::page {
namespace {

constexpr uint32_t kYear = 365 * 24 * 3600;

}  // namespace

void addTo(serve::Router& router) {
  for (const File& file : files()) {
    serve::Response response{.type = std::string(file.type), .max_age = file.lasting ? kYear : 0};
    response.fixed =
        std::make_shared<const serve::Content>(serve::Content::inBothForms(std::string(file.bytes)));
    router.add({serve::Method::kGet, std::string(file.path),
                [response](const serve::Request&, serve::PathValues) { return response; }});
  }
}

}  // namespace nightjar::page
