#include "page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace nightjar::page {
namespace {

serve::Response ask(const serve::Router& router, std::string_view target) {
  serve::Request request;
  EXPECT_TRUE(serve::readTarget(target, request));
  return router.dispatch(request);
}

TEST(Page, IsServedFromMemory) {
  serve::Router router;
  addTo(router);
  const serve::Response page = ask(router, "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.type, "text/html; charset=utf-8");
  EXPECT_EQ(page.max_age, 0U) << "a new version must be seen at once";
  ASSERT_NE(page.fixed, nullptr);
  EXPECT_THAT(std::string(page.fixed->plain()), testing::HasSubstr("<title>Nightjar"));
  EXPECT_EQ(ask(router, "/assets/").status, 404);
  EXPECT_EQ(ask(router, "/package.json").status, 404);
}

TEST(Page, HasEachFileOnceWithItsType) {
  std::set<std::string_view> paths;
  for (const File& file : files()) {
    EXPECT_TRUE(paths.insert(file.path).second) << file.path;
    EXPECT_TRUE(file.path.starts_with('/')) << file.path;
    EXPECT_FALSE(file.type.empty()) << file.path << ": make_page.cmake knows no type for it";
    EXPECT_FALSE(file.bytes.empty()) << file.path;
    EXPECT_EQ(file.lasting, file.path.starts_with("/assets/")) << file.path;
  }
}

TEST(Page, NamesOnlyFilesThatAreThere) {
  serve::Router router;
  addTo(router);
  const std::string page(ask(router, "/").fixed->plain());
  for (const std::string attribute : {"src=\"/", "href=\"/"}) {
    for (size_t at = page.find(attribute); at != std::string::npos; at = page.find(attribute, at + 1)) {
      const size_t begin = at + attribute.size() - 1;
      const std::string path = page.substr(begin, page.find('"', begin) - begin);
      if (path.starts_with("/api/") || path.starts_with("/feeds/")) continue;
      EXPECT_EQ(ask(router, path).status, 200) << path;
    }
  }
}

}  // namespace
}  // namespace nightjar::page
