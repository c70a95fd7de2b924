// Draws charts and makes bundles for those who ask over HTTP: each once, one at a time, on a thread of its
// own.
#pragma once

#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "app/bundle.h"
#include "app/scratch_folder.h"
#include "base/result.h"
#include "evidence/key.h"
#include "series/store.h"
#include "serve/message.h"

namespace nightjar::app {

// However many ask for however much, the work is that of one thread, the queue has kMostWaiting places, and
// what was made takes kMostKept on the disk and no more. May be used by any thread.
class EvidenceDesk {
 public:
  static constexpr size_t kMostWaiting = 32;                  // further ones get 503
  static constexpr uint64_t kMostKept = uint64_t{512} << 20;  // bytes; what was made longest ago goes first
  static constexpr std::chrono::seconds kLongestWait{120};    // then 503; the work goes on, ask again

  // Opens the store for reading. Without a key it makes no bundles.
  static Result<std::unique_ptr<EvidenceDesk>> open(const std::string& store,
                                                    std::optional<evidence::SecretKey> key);
  // Gives up what is being made.
  ~EvidenceDesk();

  // In hexadecimal digits; empty without a key.
  std::string publicKey() const;

  enum class What : uint8_t { kChart, kBundle };
  // The answer comes later: image/png, or an archive (evidence/tar.h) to keep. 409 where the bundle cannot be
  // vouched for, 500 where the store or the disk fails.
  serve::Response ask(What what, const series::StoredIncident& incident);

  // The store has changed: what was made of it is no longer current.
  void forget();

 private:
  struct Job;
  using Jobs = std::list<std::shared_ptr<Job>>;

  EvidenceDesk(std::unique_ptr<series::Store> store, std::optional<evidence::SecretKey> key,
               ScratchFolder folder);
  void work(const std::stop_token& stop);
  Result<void> make(const Job& job, const GivenUp& given_up);
  bool isAsked(const std::shared_ptr<Job>& job) const;
  void keep(const std::shared_ptr<Job>& job);

  std::unique_ptr<series::Store> store_;  // the worker's
  std::optional<evidence::SecretKey> key_;
  ScratchFolder folder_;

  std::mutex mutex_;
  std::condition_variable_any wake_;
  Jobs waiting_;
  Jobs made_;  // the oldest first
  std::map<std::string, std::shared_ptr<Job>> by_name_;
  uint64_t kept_ = 0;    // bytes of made_
  uint64_t number_ = 0;  // of jobs, for the names of their files

  std::jthread thread_;  // the last: it uses all the others
};

}  // namespace nightjar::app
