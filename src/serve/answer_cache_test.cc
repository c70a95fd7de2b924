#include "serve/answer_cache.h"

#include <gtest/gtest.h>

namespace nightjar::serve {
namespace {

// For eight answers of 90,000 bytes with what they take beside that.
constexpr size_t kRoom = size_t{8} * 92'000;

Response answer(std::string body, bool takes_gzip = false) {
  Response made{.body = std::move(body)};
  EXPECT_TRUE(settle(made, takes_gzip));
  return made;
}

TEST(AnswerCache, KeepsWhatWasAskedForLast) {
  AnswerCache cache(kRoom);
  for (const char* question : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    cache.keep(1, question, answer(std::string(90'000, *question)));
    EXPECT_TRUE(cache.find(1, "a"));
  }
  cache.keep(1, "i", answer(std::string(90'000, 'i')));
  EXPECT_TRUE(cache.find(1, "a")) << "asked for all the time";
  EXPECT_FALSE(cache.find(1, "b"));
  EXPECT_EQ(cache.find(1, "i")->fixed->plain(), std::string(90'000, 'i'));
}

TEST(AnswerCache, LeavesAloneWhatIsNotForKeeping) {
  AnswerCache cache(kRoom);
  cache.keep(1, "large", answer(std::string(300'000, 'x')));
  EXPECT_FALSE(cache.find(1, "large"));
  Response refusal = errorResponse(404, "no");
  Response events{.events = true};
  for (Response* one : {&refusal, &events}) EXPECT_FALSE(settle(*one, false));
}

TEST(AnswerCache, ForgetsWhatAnEarlierSnapshotSaid) {
  AnswerCache cache(kRoom);
  cache.keep(1, "a", answer("old"));
  EXPECT_FALSE(cache.find(2, "a"));
  cache.keep(2, "a", answer("new"));
  EXPECT_EQ(cache.find(2, "a")->fixed->plain(), "new");
  cache.keep(1, "b", answer("late"));
  EXPECT_FALSE(cache.find(1, "b")) << "a thread that has not heard of the change";
  EXPECT_FALSE(cache.find(2, "b"));
}

TEST(AnswerCache, KeepsTheFormThatTheClientTakes) {
  AnswerCache cache(kRoom);
  cache.keep(1, "p", answer(std::string(5000, 'p'), true));
  EXPECT_LT(cache.find(1, "p")->fixed->bytes(), 1000U);
  EXPECT_EQ(cache.find(1, "p")->fixed->size(), 5000U);
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
