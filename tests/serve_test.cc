// `nightjar serve` as a process: its store written to, lost or damaged under it, itself killed, no room on
// the disk, paths and headers that lead astray.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "http_receiver.h"
#include "run_program.h"
#include "series/store.h"

namespace nightjar::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A process that serves a store at a port that was free.
class Served {
 public:
  // `before` runs in the new process.
  Served(
      const std::string& store, const fs::path& log, const std::function<void()>& before = [] {})
      : port_(freePort()) {
    pid_ = fork();
    if (pid_ == 0) {
      const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      dup2(out, 2);
      const std::string listen = "127.0.0.1:" + std::to_string(port_);
      before();
      execl(NIGHTJAR_BINARY, "nightjar", "serve", "--store", store.c_str(), "--listen", listen.c_str(),
            nullptr);
      _exit(127);
    }
    for (int i = 0; i < 300 && get("/api/v1/status").empty(); ++i) pause();
  }
  ~Served() { end(SIGTERM); }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  int end(int signal) {
    if (pid_ <= 0) return -1;
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }
  bool runs() const { return ::waitpid(pid_, nullptr, WNOHANG) == 0; }

  uint16_t port() const { return port_; }
  std::string get(const std::string& target, const std::string& headers = "") const {
    return converse(port_,
                    "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n");
  }
  // Asks until the answer has `text`, for half a minute at most.
  std::string getUntil(const std::string& target, const std::string& text) const {
    std::string answer;
    for (int i = 0; i < 300 && answer.find(text) == std::string::npos; ++i) {
      if (i > 0) pause();
      answer = get(target);
    }
    return answer;
  }

 private:
  static void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(100)); }
  uint16_t port_;
  pid_t pid_;
};

class ServeTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = series::openStore(path()).value();
    append(0, 300);
  }
  std::string path() const { return folder_ / "store.db"; }

  void append(int64_t from, int64_t until) {
    const auto id = store_->idOf({"routing.visible24", Entity::country("EG")}).value();
    ASSERT_TRUE(store_->begin());
    for (int64_t bin = from; bin < until; ++bin) {
      const series::Sample sample{id, {static_cast<double>(100 + bin), 1}};
      ASSERT_TRUE(store_->append(Bin{4'400'000 + bin}, {&sample, 1}));
    }
    ASSERT_TRUE(store_->commit());
  }
  void tellIncident(const std::string& id) {
    ASSERT_TRUE(store_->putIncident({id, 0, "nightjar", Entity::country("EG"),
                                     Bin{4'400'200}.start(BinWidth()), std::nullopt,
                                     R"({"id":")" + id + R"(","kind":"dark","state":"open","depth":1.0})"}));
  }

  TemporaryFolder folder_;
  std::unique_ptr<series::Store> store_;
};

constexpr const char* kSeries = "/api/v1/entities/EG/series";

TEST_F(ServeTest, ShowsWhatIsWrittenMeanwhile) {
  const Served served(path(), folder_ / "log");
  EXPECT_THAT(served.get("/api/v1/incidents"), HasSubstr("\"incidents\":[]"));
  std::string heard;
  std::thread listener([&] {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in to = loopback(served.port());
    timeval patience{20, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
      const std::string ask = "GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n";
      (void)!::write(socket, ask.data(), ask.size());
      char part[1024];
      while (heard.find("event: changed") == std::string::npos) {
        const ssize_t got = ::read(socket, part, sizeof part);
        if (got <= 0) break;
        heard.append(part, static_cast<size_t>(got));
      }
    }
    ::close(socket);
  });
  EXPECT_THAT(served.getUntil("/metrics", "nightjar_event_listeners 1"), HasSubstr("200 OK"));
  append(300, 310);
  tellIncident("EG-1");
  EXPECT_THAT(served.getUntil("/api/v1/incidents", "EG-1"), HasSubstr("\"id\":\"EG-1\""));
  EXPECT_THAT(served.get(kSeries), HasSubstr(",409]")) << "the last bin";
  listener.join();
  EXPECT_THAT(heard, HasSubstr("event: changed\ndata: {}\n\n"));
}

TEST_F(ServeTest, GoesOnAfterAKill) {
  tellIncident("EG-1");
  std::string before;
  {
    Served served(path(), folder_ / "log");
    before = served.get(kSeries);
    append(300, 301);  // something is in the store's log when it dies
    served.end(SIGKILL);
  }
  const Served again(path(), folder_ / "log");
  EXPECT_THAT(again.get(kSeries), HasSubstr(",400]"));
  EXPECT_THAT(again.get("/api/v1/incidents"), HasSubstr("EG-1"));
  EXPECT_THAT(before, HasSubstr(",399]"));
  append(301, 302);
  EXPECT_THAT(again.getUntil(kSeries, ",401]"), HasSubstr(",401]"))
      << "nothing of the dead one holds the store";
}

TEST_F(ServeTest, ServesOnWhenItsStoreVanishesAndSaysSo) {
  tellIncident("EG-1");
  store_.reset();
  const Served served(path(), folder_ / "log");
  EXPECT_THAT(served.get("/api/v1/status"), HasSubstr("\"trouble\":null"));
  fs::rename(path(), folder_ / "elsewhere.db");
  EXPECT_THAT(served.getUntil("/api/v1/status", "cannot be read now"),
              AllOf(HasSubstr("200 OK"), Not(HasSubstr("store.db"))));
  EXPECT_THAT(served.get("/api/v1/incidents"), HasSubstr("EG-1"));
  EXPECT_THAT(served.get(kSeries), HasSubstr(",399]"));
  EXPECT_THAT(readFile(folder_ / "log"), HasSubstr("store.db: it is gone"));
}

TEST_F(ServeTest, TellsNothingFalseOfADamagedStore) {
  store_.reset();
  const Served served(path(), folder_ / "log");
  std::string page = served.get("/api/v1/entities");
  EXPECT_THAT(page, HasSubstr("\"EG\""));
  const auto size = static_cast<std::streamoff>(fs::file_size(path()));
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(8192);
  for (std::streamoff at = 8192; at < size; ++at) file.put('\x5a');
  file.close();
  const std::string series =
      served.get(std::string(kSeries) + "?from=" + formatTime(Bin{4'400'001}.start({})));
  EXPECT_THAT(series, AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("store.db"))));
  EXPECT_THAT(served.getUntil("/api/v1/status", "cannot be read now"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(served.get("/api/v1/entities"), HasSubstr("\"EG\"")) << "what was read before the damage";
}

// As on a full disk: no byte can be written to any file.
TEST_F(ServeTest, NeedsNoRoomOnTheDisk) {
  const Served served(path(), "/dev/null", [] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_FSIZE, &none);
  });
  EXPECT_THAT(served.get(kSeries), HasSubstr(",399]"));
  append(300, 301);
  EXPECT_THAT(served.getUntil(kSeries, ",400]"), HasSubstr(",400]"));
  EXPECT_TRUE(served.runs());
}

TEST_F(ServeTest, LeadsNobodyAstray) {
  writeFile(folder_ / "secret", std::string("the secret"));
  const Served served(path(), folder_ / "log");
  for (const std::string target :
       {"/../secret", "/assets/../../secret", "/%2e%2e/secret", "/assets/%2e%2e%2f%2e%2e%2fsecret",
        "//etc/passwd", "/assets/..%5c..%5csecret", "/assets//../secret"}) {
    const std::string answer = served.get(target);
    EXPECT_THAT(answer, testing::AnyOf(StartsWith("HTTP/1.1 400 "), StartsWith("HTTP/1.1 404 "))) << target;
    EXPECT_THAT(answer, Not(HasSubstr("the secret"))) << target;
  }
  for (const std::string target :
       {"/api/v1/entities/a%0d%0aX-Injected:%201", "/api/v1/entities?search=%0d%0aX-Injected:%201",
        "/feeds/x%0d%0aX-Injected:1.atom"}) {
    EXPECT_THAT(served.get(target), AllOf(StartsWith("HTTP/1.1 400 "), Not(HasSubstr("\nX-Injected"))));
  }
  EXPECT_THAT(served.get(kSeries, "X: " + std::string(20'000, 'x') + "\r\n"), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(served.get("/api/v1/status"), StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace nightjar::test
