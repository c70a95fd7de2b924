// HTTP/1.1 over TCP or TLS: connections in, requests to a handler, responses out.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "serve/message.h"

namespace nightjar::serve {

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 8470;  // 0: one that is free
  // PEM files; both or none.
  std::string certificate_file;
  std::string key_file;

  size_t header_limit = size_t{16} << 10;  // bytes of the request line and headers together
  size_t body_limit = size_t{64} << 10;
  size_t connection_limit = 8192;         // further ones are closed at once
  std::chrono::seconds request_time{10};  // to send a whole request, and to take a piece of a response
  std::chrono::seconds idle_time{60};     // between requests
};

using HandleRequest = std::function<Response(const Request&)>;

// One thread serves many connections: handlers run on it, one at a time, and should take milliseconds.
// Several servers may stand beside one that listens, each with a thread and handlers of its own; it deals the
// connections out to all of them in turn, until it is stopped.
//
// Keep-alive and pipelined requests, HEAD, gzip where the client takes it and it pays, a strong ETag and
// If-None-Match for every body that is held, chunked bodies for pieces, server-sent events. Every response
// carries the security headers of kSecurityHeaders. A malformed request gets 400, too large ones 413 or 431,
// slow ones are closed.
class Server {
 public:
  // Fails with kIo (the address is taken, no permission), kInvalid (certificate or key), kUsage.
  static Result<std::unique_ptr<Server>> listen(const ServerOptions& options, HandleRequest handle);
  // Takes its share of the connections of another one, with its options. REQUIRES: `other` does not run yet,
  // and has ended its run() before this one is destroyed.
  static Result<std::unique_ptr<Server>> listenBeside(Server& other, HandleRequest handle);
  ~Server();

  uint16_t port() const;
  // Serves until stop(). Call it once.
  void run();

  // May be called by any thread:
  void stop();
  // Sends an event to every client that listens: `data` is one line. A client that has not taken the last
  // 64 kB of them is dropped: it will ask anew.
  void publish(std::string event, std::string data);
  // Runs `task` on the serving thread, soon.
  void post(std::function<void()> task);

  struct Counts {
    uint64_t connections = 0;  // now
    uint64_t listeners = 0;    // of them, for events
    uint64_t requests = 0;     // since the start
    uint64_t refused = 0;      // connections and requests past a limit
  };
  Counts counts() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightjar::serve
