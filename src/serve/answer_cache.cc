#include "serve/answer_cache.h"

#include <utility>

namespace nightjar::serve {
namespace {

constexpr size_t kLargestShare = 8;
// What an answer takes beside its question and its body.
constexpr size_t kOverhead = sizeof(Response) + sizeof(Content) + 128;

}  // namespace

std::optional<Response> AnswerCache::find(uint64_t snapshot, std::string_view question) {
  if (snapshot != snapshot_) return std::nullopt;
  const auto at = by_question_.find(question);
  if (at == by_question_.end()) return std::nullopt;
  order_.splice(order_.begin(), order_, at->second);
  return order_.front().answer;
}

void AnswerCache::keep(uint64_t snapshot, std::string question, const Response& answer) {
  const size_t bytes = question.size() + answer.fixed->bytes() + kOverhead;
  if (bytes > most_bytes_ / kLargestShare) return;
  if (snapshot > snapshot_) restart(snapshot);
  if (snapshot < snapshot_ || by_question_.contains(question)) return;
  order_.push_front({std::move(question), answer, bytes});
  by_question_[order_.front().question] = order_.begin();
  bytes_ += bytes;
  while (bytes_ > most_bytes_) {
    bytes_ -= order_.back().bytes;
    by_question_.erase(order_.back().question);
    order_.pop_back();
  }
}

// The store has changed.
void AnswerCache::restart(uint64_t snapshot) {
  snapshot_ = snapshot;
  by_question_.clear();
  order_.clear();
  bytes_ = 0;
}

bool settle(Response& answer, bool takes_gzip) {
  if (answer.status != 200 || answer.events || answer.pieces || answer.later || answer.fixed) return false;
  answer.fixed = contentOf(answer.type, std::exchange(answer.body, {}), takes_gzip);
  return true;
}

std::string questionOf(const Request& request) {
  std::string question = request.takes_gzip ? "gzip" : "";
  for (const std::string& segment : request.segments) question.append("/").append(segment);
  for (const auto& [name, value] : request.query)
    question.append("\n").append(name).append("=").append(value);
  return question.append("\n\n").append(request.accept);
}

}  // namespace nightjar::serve
