// The last answers to the same questions: what many clients ask for at once is worked out once.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "serve/message.h"

namespace nightjar::serve {

// Forgets the answer that was asked for longest ago when it holds too much. Not thread-safe.
class AnswerCache {
 public:
  explicit AnswerCache(size_t most_bytes) : most_bytes_(most_bytes) {}

  // nullptr where it is not known.
  const Response* find(std::string_view question);
  // Keeps an answer and makes its body `fixed`. Only sound ones with a body that is held, and small enough to
  // leave room for others.
  void keep(std::string question, Response& answer);
  // The store has changed.
  void clear();

 private:
  struct Kept {
    std::string question;
    Response answer;
    size_t bytes = 0;
  };
  using Order = std::list<Kept>;  // the latest first

  size_t most_bytes_;
  size_t bytes_ = 0;
  Order order_;
  std::unordered_map<std::string_view, Order::iterator> by_question_;
};

// What makes two GET requests the same: path, query and media types.
std::string questionOf(const Request& request);

}  // namespace nightjar::serve
