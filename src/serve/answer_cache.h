// The last answers to the same questions: what many clients ask for at once is worked out once.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "serve/message.h"

namespace nightjar::serve {

// Forgets the answer that was asked for longest ago when it holds too much. Not thread-safe.
class AnswerCache {
 public:
  explicit AnswerCache(size_t most_bytes) : most_bytes_(most_bytes) {}

  // `snapshot` is the number of what the asking thread answers from: answers from another one are not known.
  std::optional<Response> find(uint64_t snapshot, std::string_view question);
  // Keeps an answer that settle() has made ready, if it leaves room for others.
  void keep(uint64_t snapshot, std::string question, const Response& answer);

 private:
  struct Kept {
    std::string question;
    Response answer;
    size_t bytes = 0;
  };
  using Order = std::list<Kept>;  // the latest first

  void restart(uint64_t snapshot);

  uint64_t snapshot_ = 0;  // that all are from
  size_t most_bytes_;
  size_t bytes_ = 0;
  Order order_;
  std::unordered_map<std::string_view, Order::iterator> by_question_;
};

// Makes the body `fixed`, in the form that the client takes. False for what is not to be kept: refusals, and
// bodies that are not held.
bool settle(Response& answer, bool takes_gzip);

// What makes two GET requests the same: path, query, media types, and the form of the answer.
std::string questionOf(const Request& request);

}  // namespace nightjar::serve
