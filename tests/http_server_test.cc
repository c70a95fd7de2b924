// The server over real sockets on loopback: well-behaved, careless and hostile clients.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "serve/encoding.h"
#include "serve/server.h"

namespace nightjar::serve {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A TCP client that writes what it is told and reads until the server closes or says no more for a while.
class Client {
 public:
  explicit Client(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    timeval patience{5, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool send(std::string_view bytes) { return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0; }
  // Reads until `mark` has come, or the end.
  std::string until(std::string_view mark) {
    while (read_.find(mark) == std::string::npos) {
      char buffer[4096];
      const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      read_.append(buffer, static_cast<size_t>(got));
    }
    return read_;
  }
  std::string all() { return until(std::string(1, '\x01')); }

 private:
  int socket_;
  std::string read_;
};

class HttpServer : public testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    options.port = 0;
    auto server = Server::listen(options, [](const Request& request) { return reply(request); });
    ASSERT_TRUE(server) << server.error().describe();
    server_ = std::move(*server);
    thread_ = std::jthread([this] { server_->run(); });
  }
  void TearDown() override {
    if (server_) server_->stop();
  }

  static Response reply(const Request& request) {
    const std::string path = request.segments.empty() ? "" : request.segments.front();
    if (path == "events") return {.events = true};
    if (path == "later") {
      return {.later = [n = 0]() mutable -> std::optional<Response> {
        if (++n < 3) return std::nullopt;
        return Response{.body = "asked " + std::to_string(n) + " times"};
      }};
    }
    if (path == "framed") return {.headers = {{"X-Frame-Options", ""}}};
    if (path == "long") return {.type = "text/plain", .body = std::string(5000, 'a')};
    if (path == "header") return {.headers = {{"X-From", "a\r\nX-Injected: 1"}}};
    if (path == "pieces") {
      return {.type = "text/csv", .pieces = [n = 0]() mutable -> Result<std::string> {
                return ++n > 3 ? std::string() : std::string(1000, static_cast<char>('0' + n));
              }};
    }
    return {.body = "{\"path\":\"" + path + "\",\"body\":" + std::to_string(request.body.size()) + "}"};
  }

  std::string ask(std::string_view request) {
    Client client(server_->port());
    client.send(request);
    return client.all();
  }
  static std::string get(std::string_view path, std::string_view headers = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) +
           "Connection: close\r\n\r\n";
  }

  std::unique_ptr<Server> server_;
  std::jthread thread_;
};

TEST_F(HttpServer, AnswersWithSecurityHeaders) {
  start();
  const std::string answer = ask(get("/a"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'none'"));
  EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\n{\"path\":\"a\",\"body\":0}"));
}

TEST_F(HttpServer, KeepsTheConnectionAndTakesPipelinedRequests) {
  start();
  Client client(server_->port());
  client.send(
      "GET /one HTTP/1.1\r\nHost: x\r\n\r\nPOST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcHEAD "
      "/three HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = client.until("\"body\":3}HTTP/1.1 200 OK");
  EXPECT_THAT(answer, HasSubstr("{\"path\":\"one\",\"body\":0}HTTP/1.1"));
  EXPECT_THAT(answer, HasSubstr("{\"path\":\"two\",\"body\":3}HTTP/1.1"));
  EXPECT_THAT(answer, Not(HasSubstr("\"three\"")));
}

TEST_F(HttpServer, PacksAndTags) {
  start();
  const std::string packed = ask(get("/long", "Accept-Encoding: br, gzip;q=0.5\r\n"));
  EXPECT_THAT(packed, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_LT(packed.size(), 1500U);
  const std::string plain = ask(get("/long", "Accept-Encoding: gzip;q=0\r\n"));
  EXPECT_THAT(plain, HasSubstr(std::string(5000, 'a')));
  const std::string tag = entityTag(std::string(5000, 'a'));
  EXPECT_THAT(plain, HasSubstr("ETag: " + tag));
  const std::string unchanged = ask(get("/long", "If-None-Match: \"x\", W/" + tag + "\r\n"));
  EXPECT_THAT(unchanged, StartsWith("HTTP/1.1 304 "));
  EXPECT_THAT(unchanged, testing::EndsWith("\r\n\r\n"));
}

TEST_F(HttpServer, SendsPieces) {
  start();
  const std::string chunked = ask(get("/pieces"));
  EXPECT_THAT(chunked, HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_THAT(chunked, HasSubstr("\r\n3e8\r\n" + std::string(1000, '1') + "\r\n3e8\r\n"));
  EXPECT_THAT(chunked, testing::EndsWith("\r\n0\r\n\r\n"));
  const std::string old = ask("GET /pieces HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old, testing::EndsWith(std::string(1000, '3')));
}

TEST_F(HttpServer, WaitsForAnAnswerThatComesLater) {
  start();
  Client waiting(server_->port());
  ASSERT_TRUE(waiting.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n"));
  Client other(server_->port());
  ASSERT_TRUE(other.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_THAT(other.all(), HasSubstr("\"path\":\"a\"")) << "others need not wait";
  EXPECT_THAT(waiting.until("times"), HasSubstr("asked 3 times"));
  ASSERT_TRUE(waiting.send("GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_THAT(waiting.all(), HasSubstr("\"path\":\"b\"")) << "the connection goes on";
}

TEST_F(HttpServer, AResponseMayLeaveASecurityHeaderOut) {
  start();
  Client client(server_->port());
  ASSERT_TRUE(client.send("GET /framed HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  const std::string answer = client.all();
  EXPECT_THAT(answer, Not(HasSubstr("X-Frame-Options")));
  EXPECT_THAT(answer, HasSubstr("frame-ancestors 'none'"));
}

TEST_F(HttpServer, RefusesWhatItCannotRead) {
  start();
  EXPECT_THAT(ask("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask(get("/../../etc/passwd")), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask(get("/%2e%2e/secret")), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask(get("/a", "X: " + std::string(20000, 'x') + "\r\n")), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask(get("/header")), Not(HasSubstr("\r\nX-Injected")));
  EXPECT_THAT(ask(get("/still-here")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServer, ClosesSlowClients) {
  start({.request_time = std::chrono::seconds(1), .idle_time = std::chrono::seconds(1)});
  const auto before = std::chrono::steady_clock::now();
  Client slow(server_->port());
  slow.send("GET / HTTP/1.1\r\nHost:");
  Client silent(server_->port());
  EXPECT_EQ(slow.all(), "");
  EXPECT_EQ(silent.all(), "");
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5))
      << "the client's own patience";
}

TEST_F(HttpServer, TakesNoMoreConnectionsThanItsLimit) {
  start({.connection_limit = 2});
  Client one(server_->port());
  Client two(server_->port());
  one.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
  two.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(one.until("}"), HasSubstr("\"1\""));
  EXPECT_THAT(two.until("}"), HasSubstr("\"2\""));
  EXPECT_EQ(ask(get("/3")), "");
  EXPECT_EQ(server_->counts().refused, 1U);
}

TEST_F(HttpServer, TellsListenersOfEvents) {
  start();
  Client one(server_->port());
  Client two(server_->port());
  for (Client* client : {&one, &two}) {
    client->send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client->until("retry: 3000\n\n"), HasSubstr("Content-Type: text/event-stream"));
  }
  while (server_->counts().listeners < 2) std::this_thread::yield();
  server_->publish("incident", "{\"id\":\"EG-1\"}");
  for (Client* client : {&one, &two}) {
    EXPECT_THAT(client->until("EG-1\"}\n\n"), HasSubstr("event: incident\ndata: {\"id\":\"EG-1\"}\n\n"));
  }
}

TEST_F(HttpServer, DropsAListenerThatNeverReads) {
  start({.request_time = std::chrono::seconds(1)});
  Client deaf(server_->port());
  deaf.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  while (server_->counts().listeners < 1) std::this_thread::yield();
  for (int i = 0; i < 400 && server_->counts().listeners > 0; ++i) {
    server_->publish("x", std::string(60000, 'x'));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(server_->counts().listeners, 0U);
}

TEST_F(HttpServer, SharesItsSocketWithAnotherAndWithNobodyElse) {
  auto first = Server::listen({.port = 0}, [](const Request& request) { return reply(request); });
  ASSERT_TRUE(first);
  auto second =
      Server::listenBeside(**first, [](const Request&) { return Response{.body = "{\"second\":1}"}; });
  ASSERT_TRUE(second);
  server_ = std::move(*first);
  const std::jthread thread([&] { (*second)->run(); });
  thread_ = std::jthread([this] { server_->run(); });
  std::string all;
  // Which of them takes a connection is the kernel's choice, and that of a busy machine.
  for (int i = 0; i < 5000 && all.find("second") == std::string::npos; ++i) all += ask(get("/a"));
  EXPECT_THAT(all, HasSubstr("second"));
  (*second)->stop();
  const auto third = Server::listen({.port = server_->port()}, [](const Request&) { return Response{}; });
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::kIo);
  server_->stop();
  thread_.join();
  (*second)->stop();
}

TEST(ServerListen, TellsWhyItCannot) {
  const auto nothing = [](const Request&) { return Response{}; };
  EXPECT_EQ(Server::listen({.address = "everywhere"}, nothing).error().kind, ErrorKind::kUsage);
  EXPECT_EQ(
      Server::listen({.port = 0, .certificate_file = "/nonexistent", .key_file = "/nonexistent"}, nothing)
          .error()
          .kind,
      ErrorKind::kInvalid);
  EXPECT_EQ(Server::listen({.port = 0, .key_file = "/nonexistent"}, nothing).error().kind, ErrorKind::kUsage);
  EXPECT_EQ(Server::listen({.address = "192.0.2.1", .port = 0}, nothing).error().kind, ErrorKind::kIo);
}

}  // namespace
}  // namespace nightjar::serve
