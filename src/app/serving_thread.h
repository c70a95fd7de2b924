// One thread that serves, with a store handle and handlers of its own.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "app/evidence_desk.h"
#include "base/result.h"
#include "series/store.h"
#include "serve/answer_cache.h"
#include "serve/api.h"
#include "serve/router.h"
#include "serve/server.h"

namespace nightjar::app {

class ServingThread {
 public:
  // Opens the store for reading, listens (at the socket of `beside`, if there is one), and begins to serve.
  // `desk` must outlive the object.
  static Result<std::unique_ptr<ServingThread>> start(const std::string& store,
                                                      const serve::ServerOptions& options, EvidenceDesk& desk,
                                                      ServingThread* beside);
  // Stops serving.
  ~ServingThread();

  serve::Server& server() { return *server_; }
  // Reads anew what the handlers keep in memory, soon, on the thread.
  void refresh();

 private:
  ServingThread() = default;
  serve::Response handle(const serve::Request& request);
  serve::Response metrics();
  serve::Evidence evidenceOf(EvidenceDesk& desk);
  Result<void> readNetworks();
  std::vector<std::string> namesOf(const Entity& entity) const;

  std::unique_ptr<series::Store> store_;
  std::unordered_map<uint32_t, std::string> networks_;  // their names, by AS number
  std::unique_ptr<serve::Api> api_;
  serve::Router router_;
  static constexpr size_t kCachedBytes = size_t{64} << 20;
  serve::AnswerCache cache_{kCachedBytes};
  std::unique_ptr<serve::Server> server_;
  std::jthread thread_;
};

}  // namespace nightjar::app
