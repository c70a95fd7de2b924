// A small HTTP server on loopback that keeps what it is sent, and answers as it is told: for tests of what
// sends.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace nightjar::test {

inline sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Listens on a port that the system chooses.
inline int listenAnywhere(uint16_t& port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool listens = ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::listen(socket, 16) == 0 &&
                       ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  EXPECT_TRUE(listens);
  port = ntohs(address.sin_port);
  return socket;
}

// A port that was free a moment ago.
inline uint16_t freePort() {
  uint16_t port = 0;
  ::close(listenAnywhere(port));
  return port;
}

// Sends `text` and reads to the end; empty where nobody listens.
inline std::string converse(uint16_t port, const std::string& text) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  std::string answer;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    (void)!::write(socket, text.data(), text.size());
    char buffer[4096];
    for (ssize_t got; (got = ::read(socket, buffer, sizeof buffer)) > 0;) {
      answer.append(buffer, static_cast<size_t>(got));
    }
  }
  ::close(socket);
  return answer;
}

struct Received {
  std::map<std::string, std::string> headers;  // names in small letters
  std::string body;
};

class HttpReceiver {
 public:
  static constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  static constexpr const char* kHang = "";

  // `answer` is called on the receiver's own thread; kHang keeps the connection open and says nothing.
  using Answerer = std::function<std::string(const Received&)>;
  explicit HttpReceiver(Answerer answer = [](const Received&) { return kOk; }) : answer_(std::move(answer)) {
    listener_ = listenAnywhere(port_);
    thread_ = std::thread([this] { serve(); });
  }
  HttpReceiver(const HttpReceiver&) = delete;
  HttpReceiver& operator=(const HttpReceiver&) = delete;
  ~HttpReceiver() {
    stop_ = true;
    thread_.join();
    for (const int held : held_) ::close(held);
    ::close(listener_);
  }

  uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }
  std::vector<Received> received() const {
    const std::lock_guard lock(mutex_);
    return received_;
  }
  // Waits up to ten seconds for so many.
  bool waitFor(size_t count) const {
    for (int i = 0; i < 1000 && received().size() < count; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return received().size() >= count;
  }

 private:
  void serve() {
    while (!stop_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int connection = ::accept(listener_, nullptr, nullptr);
      Received one;
      if (!read(connection, one)) {
        ::close(connection);
        continue;
      }
      {
        const std::lock_guard lock(mutex_);
        received_.push_back(one);
      }
      const std::string answer = answer_(one);
      if (answer.empty()) {
        held_.push_back(connection);
        continue;
      }
      (void)!::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
      ::close(connection);
    }
  }
  // One request with a Content-Length; false when the peer goes before its end.
  static bool read(int connection, Received& one) {
    std::string text;
    size_t head = std::string::npos;
    size_t length = 0;
    while (head == std::string::npos || text.size() < head + 4 + length) {
      char buffer[65536];
      const ssize_t got = ::read(connection, buffer, sizeof buffer);
      if (got <= 0) return false;
      text.append(buffer, static_cast<size_t>(got));
      if (head != std::string::npos) continue;
      head = text.find("\r\n\r\n");
      if (head == std::string::npos) continue;
      one.headers = headersOf(text.substr(0, head + 2));
      length = std::strtoull(one.headers["content-length"].c_str(), nullptr, 10);
    }
    one.body = text.substr(head + 4);
    return true;
  }
  static std::map<std::string, std::string> headersOf(const std::string& head) {
    std::map<std::string, std::string> headers;
    for (size_t from = head.find("\r\n") + 2; from < head.size();) {
      const size_t end = head.find("\r\n", from);
      const size_t colon = head.find(": ", from);
      if (colon < end) {
        std::string name = head.substr(from, colon - from);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return std::tolower(c); });
        headers[name] = head.substr(colon + 2, end - colon - 2);
      }
      from = end + 2;
    }
    return headers;
  }

  Answerer answer_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  std::vector<Received> received_;
  std::vector<int> held_;
  std::thread thread_;
};

}  // namespace nightjar::test
