#include "serve/answer_cache.h"

#include <utility>

namespace nightjar::serve {
namespace {

// A compressed form may come beside it.
constexpr size_t kBytesPerByte = 2;
constexpr size_t kLargestShare = 8;

}  // namespace

const Response* AnswerCache::find(std::string_view question) {
  const auto at = by_question_.find(question);
  if (at == by_question_.end()) return nullptr;
  order_.splice(order_.begin(), order_, at->second);
  return &order_.front().answer;
}

void AnswerCache::keep(std::string question, Response& answer) {
  if (answer.status != 200 || answer.events || answer.pieces || answer.later || answer.fixed) return;
  const size_t bytes = question.size() + kBytesPerByte * answer.body.size();
  if (bytes > most_bytes_ / kLargestShare || by_question_.contains(question)) return;
  answer.fixed = std::make_shared<Content>(std::move(answer.body));
  order_.push_front({std::move(question), answer, bytes});
  by_question_[order_.front().question] = order_.begin();
  bytes_ += bytes;
  while (bytes_ > most_bytes_) {
    bytes_ -= order_.back().bytes;
    by_question_.erase(order_.back().question);
    order_.pop_back();
  }
}

void AnswerCache::clear() {
  by_question_.clear();
  order_.clear();
  bytes_ = 0;
}

std::string questionOf(const Request& request) {
  std::string question;
  for (const std::string& segment : request.segments) question.append("/").append(segment);
  for (const auto& [name, value] : request.query)
    question.append("\n").append(name).append("=").append(value);
  return question.append("\n\n").append(request.accept);
}

}  // namespace nightjar::serve
