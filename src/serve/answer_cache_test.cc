#include "serve/answer_cache.h"

#include <gtest/gtest.h>

namespace nightjar::serve {
namespace {

Response answer(std::string body) {
  return {.body = std::move(body)};
}

TEST(AnswerCache, KeepsWhatWasAskedForLast) {
  AnswerCache cache(16'000);
  for (const char* question : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    Response made = answer(std::string(900, *question));
    cache.keep(question, made);
    EXPECT_TRUE(made.fixed) << "the answer itself shares the body";
    EXPECT_NE(cache.find("a"), nullptr);
  }
  Response one_more = answer(std::string(900, 'i'));
  cache.keep("i", one_more);
  EXPECT_NE(cache.find("a"), nullptr) << "asked for all the time";
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_EQ(cache.find("i")->fixed->plain(), std::string(900, 'i'));
  cache.clear();
  EXPECT_EQ(cache.find("a"), nullptr);
}

TEST(AnswerCache, LeavesAloneWhatIsNotForKeeping) {
  AnswerCache cache(16'000);
  Response refusal = errorResponse(404, "no");
  Response large = answer(std::string(3000, 'x'));
  Response events{.events = true};
  for (Response* one : {&refusal, &large, &events}) {
    cache.keep("q", *one);
    EXPECT_EQ(cache.find("q"), nullptr);
  }
  EXPECT_EQ(large.body.size(), 3000U);
}

TEST(QuestionOf, TellsRequestsApart) {
  const auto question = [](std::string_view target, std::string accept) {
    Request request;
    EXPECT_TRUE(readTarget(target, request));
    request.accept = std::move(accept);
    return questionOf(request);
  };
  EXPECT_EQ(question("/a?b=1", "x"), question("/a/?b=1", "x"));
  EXPECT_NE(question("/a?b=1", "x"), question("/a?b=1", "y"));
  EXPECT_NE(question("/a?b=1", "x"), question("/a?b=2", "x"));
  EXPECT_NE(question("/a?b=1&c", "x"), question("/a?b=1", "x"));
}

}  // namespace
}  // namespace nightjar::serve
