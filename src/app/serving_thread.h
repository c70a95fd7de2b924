// One thread that serves, with a store handle and handlers of its own.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "app/evidence_desk.h"
#include "base/result.h"
#include "series/store.h"
#include "serve/answer_cache.h"
#include "serve/api.h"
#include "serve/router.h"
#include "serve/server.h"

namespace nightjar::app {

// What all threads serve. It must outlive them.
struct Served {
  Served(std::string path, serve::ServerOptions server, EvidenceDesk& evidence)
      : store(std::move(path)), options(std::move(server)), desk(evidence) {}

  std::string store;
  serve::ServerOptions options;
  std::shared_ptr<const serve::Snapshot> snapshot;  // that they begin with
  EvidenceDesk& desk;

  std::mutex cache_mutex;
  serve::AnswerCache cache{size_t{128} << 20};
};

class ServingThread {
 public:
  // Opens the store for reading, and listens, or takes its share of the connections of `beside`.
  static Result<std::unique_ptr<ServingThread>> open(Served& served, ServingThread* beside);
  // Stops serving. REQUIRES: the one that listens goes before those beside it.
  ~ServingThread();

  // Begins to serve, once all those beside it have been opened.
  void start();

  serve::Server& server() { return *server_; }
  // Answers by what was read of the store later, soon, on the thread.
  void show(std::shared_ptr<const serve::Snapshot> snapshot);

 private:
  explicit ServingThread(Served& served) : served_(served) {}
  serve::Response handle(const serve::Request& request);
  serve::Response metrics();
  serve::Evidence evidenceOf(EvidenceDesk& desk);

  std::unique_ptr<series::Store> store_;
  std::unique_ptr<serve::Api> api_;
  serve::Router router_;
  Served& served_;
  std::unique_ptr<serve::Server> server_;
  std::jthread thread_;
};

}  // namespace nightjar::app
