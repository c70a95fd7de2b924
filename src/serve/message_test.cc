#include "serve/message.h"

#include <gtest/gtest.h>

#include "serve/router.h"

namespace nightjar::serve {
namespace {

Result<Request> read(std::string_view target) {
  Request request;
  const auto done = readTarget(target, request);
  if (!done) return std::unexpected(done.error());
  return request;
}

TEST(ReadTarget, TakesPathAndQueryApart) {
  const auto request = read("/v2/entities/query/?search=%D0%9A%D0%B0%D0%B7&limit=5&name=a+b&flag&=x");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->segments, (std::vector<std::string>{"v2", "entities", "query"}));
  EXPECT_EQ(request->parameter("search"), "Каз");
  EXPECT_EQ(request->parameter("limit"), "5");
  EXPECT_EQ(request->parameter("name"), "a b");
  EXPECT_TRUE(request->has("flag"));
  EXPECT_FALSE(request->has("missing"));
  EXPECT_TRUE(read("/")->segments.empty());
}

TEST(ReadTarget, RefusesWhatLeadsAstray) {
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "/a";
  std::string many = "/?";
  for (int i = 0; i < 70; ++i) many += "a=1&";
  for (const std::string& target :
       {std::string(""), std::string("x"), std::string("http://host/"), std::string("/%"), std::string("/%4"),
        std::string("/%zz"), std::string("/a/../b"), std::string("/%2e%2e/b"), std::string("/a%2fb"),
        std::string("/a%00b"), std::string("/%ff"), std::string("/?a=%0d%0aSet-Cookie:x"), deep, many}) {
    EXPECT_FALSE(read(target)) << target;
  }
}

TEST(Router, FindsTheHandlerAndItsValues) {
  Router router;
  router.add({Method::kGet, "/", [](const Request&, PathValues) { return Response{.body = "page"}; }});
  router.add({Method::kGet, "/api/{a}/x/{b}", [](const Request&, PathValues values) {
                return Response{.body = values[0] + "," + values[1]};
              }});
  router.add(
      {Method::kPost, "/api/{a}/x/{b}", [](const Request&, PathValues) { return Response{.status = 201}; }});
  const auto ask = [&](Method method, std::string_view target) {
    Request request = read(target).value();
    request.method = method;
    return router.dispatch(request);
  };
  EXPECT_EQ(ask(Method::kGet, "/").body, "page");
  EXPECT_EQ(ask(Method::kHead, "/api/1/x/2").body, "1,2");
  EXPECT_EQ(ask(Method::kPost, "/api/1/x/2").status, 201);
  EXPECT_EQ(ask(Method::kGet, "/api/1/x").status, 404);
  EXPECT_EQ(ask(Method::kGet, "/api/1/x/2/3").status, 404);
  const Response refused = ask(Method::kDelete, "/api/1/x/2");
  EXPECT_EQ(refused.status, 405);
  ASSERT_EQ(refused.headers.size(), 1U);
  EXPECT_EQ(refused.headers[0].second, "GET, HEAD, POST");
}

TEST(ErrorResponse, TellsTheClientOnlyOfItsOwnMistakes) {
  EXPECT_EQ(errorResponse({ErrorKind::kUsage, "no such \"entity\""}).body,
            "{\"error\":\"no such \\\"entity\\\"\"}\n");
  const Response inner = errorResponse({ErrorKind::kIo, "disk", "/srv/x/store.db", 7});
  EXPECT_EQ(inner.status, 500);
  EXPECT_EQ(inner.body.find("store.db"), std::string::npos);
}

}  // namespace
}  // namespace nightjar::serve
