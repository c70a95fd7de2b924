// Measures `nightjar serve` under load, with wrk, on the store that serve_store made; its files of the page
// beside nginx's; and many listeners for events.
//
//   serve_bench NIGHTJAR STORE PAGE_FOLDER
//
// Prints the lines that bench_run reads: what, ours, the peer's or the bound, ratio, target, "met" or
// "MISSED", with tabulators between. Everything is on loopback, and wrk takes its share of the machine.
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "geo/countries.h"
#include "measure.h"
#include "series/signals.h"
#include "series/store.h"

namespace {

namespace fs = std::filesystem;
using nightjar::Bin;
using nightjar::Entity;
using nightjar::bench::median;
using Clock = std::chrono::steady_clock;

constexpr size_t kListeners = 5000;
constexpr double kMostMilliseconds = 20;
constexpr double kMostMegabytes = 150;
constexpr double kLeastShare = 1.0 / 3;

[[noreturn]] void die(const std::string& what) {
  fmt::print(stderr, "bench: {}\n", what);
  std::exit(1);
}

template <typename T>
T must(nightjar::Result<T> result) {
  if (!result) die(result.error().describe());
  return std::move(*result);
}

std::string readAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void writeAll(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string outputOf(const std::string& command) {
  std::string output;
  std::FILE* pipe = popen(command.c_str(), "r");
  char part[4096];
  while (pipe != nullptr && std::fgets(part, sizeof part, pipe) != nullptr) output += part;
  if (pipe == nullptr || pclose(pipe) != 0) die("this command failed: " + command);
  return output;
}

// A program that serves until the object goes.
class Server {
 public:
  Server(const std::vector<std::string>& arguments, const fs::path& log) {
    fs::remove(log);  // or another server's port would be read
    process_ = fork();
    if (process_ == 0) {
      const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      dup2(out, 1);
      dup2(out, 2);
      std::vector<char*> argv;
      for (const std::string& one : arguments) argv.push_back(const_cast<char*>(one.c_str()));
      argv.push_back(nullptr);
      execvp(argv[0], argv.data());
      _exit(127);
    }
  }
  ~Server() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  double megabytes() const {
    std::ifstream status(fmt::format("/proc/{}/status", process_));
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) return std::atof(line.substr(6).c_str()) * 1024e-6;
    }
    return 0;
  }

 private:
  pid_t process_;
};

int connectTo(uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return socket;
  ::close(socket);
  return -1;
}

void awaitPort(uint16_t port) {
  for (int i = 0; i < 600; ++i) {
    const int socket = connectTo(port);
    if (socket >= 0) {
      ::close(socket);
      return;
    }
    usleep(100'000);
  }
  die(fmt::format("nothing answers at port {}", port));
}

// The port that `nightjar serve` says it chose.
uint16_t awaitNightjar(const fs::path& log) {
  for (int i = 0; i < 600; ++i) {
    const std::string said = readAll(log);
    const size_t at = said.find("127.0.0.1:");
    if (at != std::string::npos) return static_cast<uint16_t>(std::atoi(said.c_str() + at + 10));
    usleep(100'000);
  }
  die("nightjar serve does not start: " + readAll(log));
}

struct Load {
  double perSecond = 0;
  double p99 = 0;  // milliseconds
  uint64_t errors = 0;
};

// What wrk prints at the end: requests a second, the 99th percentile in ms, and what failed.
constexpr const char* kDone = R"(
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %f %f %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
)";

// The first of the store's bins, and its countries.
std::string preamble() {
  std::string codes;
  for (const auto& country : nightjar::geo::countries()) codes += fmt::format("\"{}\",", country.code);
  return fmt::format(
      "local first = 1640995200\nlocal turn = 0\nlocal headers = {{[\"Accept-Encoding\"] = \"gzip\"}}\n"
      "local codes = {{{}}}\n",
      codes);
}

class Bench {
 public:
  Bench(std::string nightjar, std::string store, std::string page)
      : nightjar_(std::move(nightjar)), store_(std::move(store)), page_(std::move(page)) {
    char pattern[] = "/tmp/nightjar-bench-XXXXXX";
    folder_ = mkdtemp(pattern);
    fs::permissions(folder_, fs::perms::others_exec | fs::perms::others_read, fs::perm_options::add);
  }
  ~Bench() { fs::remove_all(folder_); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void answers() {
    const fs::path log = folder_ / "log";
    const Server server({nightjar_, "serve", "--store", store_, "--listen", "127.0.0.1:0"}, log);
    const uint16_t port = awaitNightjar(log);
    // Lists as the page asks for them: of all places, and of each country.
    const std::string lists = preamble() + R"(
request = function()
  turn = turn + 1
  return wrk.format("GET", "/api/v1/incidents?limit=200&entity=" .. codes[turn % #codes + 1], headers)
end)";
    const std::string months = preamble() + R"(
request = function()
  turn = turn + 1
  local from = first + 28 * 86400 * (math.floor(turn / #codes) % 13)
  return wrk.format("GET", "/api/v1/entities/" .. codes[turn % #codes + 1] ..
    "/series?signal=probe.up24&from=" .. from .. "&until=" .. from + 30 * 86400, headers)
end)";
    // A further parameter makes every question a new one. Each of 64 clients asks ten times a second.
    const std::string fresh = preamble() + R"(
delay = function() return math.random(50, 150) end
request = function()
  turn = turn + 1
  local from = first + 86400 * math.random(0, 330)
  return wrk.format("GET", "/api/v1/entities/" .. codes[math.random(#codes)] ..
    "/series?signal=probe.up24&from=" .. from .. "&until=" .. from + 30 * 86400 .. "&new=" .. turn, headers)
end)";
    const std::string fresh_lists = preamble() + R"(
delay = function() return math.random(50, 150) end
request = function()
  turn = turn + 1
  return wrk.format("GET", "/api/v1/incidents?limit=200&new=" .. turn .. "&entity=" ..
    codes[math.random(#codes)], headers)
end)";
    percentile("incident list of a country, p99 of 64 connections", port, lists);
    percentile("a country's month, p99 of 64 connections", port, months);
    percentile("incident list never asked before, 64 clients, 10/s each", port, fresh_lists);
    percentile("a month never asked before, 64 clients, 10/s each", port, fresh);
  }

  // The largest file of the page, as browsers take it: both have it packed already.
  void files() {
    const std::string asset = largestAsset();
    if (asset.empty()) {
      fmt::print(stderr, "bench: the page was not built (no Node.js); its files are not compared\n");
      return;
    }
    const fs::path root = folder_ / "root";
    fs::create_directories(root / "assets");
    fs::copy_file(fs::path(page_) / "assets" / asset, root / "assets" / asset);
    outputOf(fmt::format("gzip -9 -k {}", (root / "assets" / asset).string()));
    const uint16_t peer_port = freePort();
    writeAll(folder_ / "nginx.conf",
             fmt::format("daemon off; pid {0}/nginx.pid; error_log {0}/nginx.log; worker_processes auto;\n"
                         "events {{ worker_connections 1024; }}\n"
                         "http {{ access_log off; sendfile on; tcp_nopush on; gzip_static on;\n"
                         "  types {{ text/javascript js; }} keepalive_requests 1000000000;\n"
                         "  server {{ listen 127.0.0.1:{1}; root {2}; }} }}\n",
                         folder_.string(), peer_port, root.string()));
    const fs::path log = folder_ / "log";
    const Server ours({nightjar_, "serve", "--store", store_, "--listen", "127.0.0.1:0"}, log);
    const Server peer({"nginx", "-c", folder_ / "nginx.conf"}, folder_ / "nginx-output");
    const uint16_t port = awaitNightjar(log);
    awaitPort(peer_port);
    const std::string script =
        "wrk.path = \"/assets/" + asset + "\"\nwrk.headers[\"Accept-Encoding\"] = \"gzip\"\n";
    std::vector<double> mine, theirs;
    for (int i = 0; i < kRuns; ++i) {
      mine.push_back(load(port, script, 3).perSecond);
      theirs.push_back(load(peer_port, script, 3).perSecond);
    }
    print("files of the page a second, nginx", fmt::format("{:.0f}", median(mine)),
          fmt::format("{:.0f}", median(theirs)), median(mine) / median(theirs), ">= 0.33x",
          median(mine) >= kLeastShare * median(theirs));
  }

  void listeners() {
    const std::string small = folder_ / "small.db";
    const auto store = must(nightjar::series::openStore(small));
    append(*store, 5'575'000);
    const fs::path log = folder_ / "log";
    const Server server({nightjar_, "serve", "--store", small, "--listen", "127.0.0.1:0"}, log);
    const uint16_t port = awaitNightjar(log);
    const double before = server.megabytes();
    const int all = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < kListeners; ++i) {
      const int socket = connectTo(port);
      if (socket < 0) die(fmt::format("listener {} was not let in; see ulimit -n", i));
      const std::string_view request = "GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n";
      (void)!::write(socket, request.data(), request.size());
      epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
      epoll_ctl(all, EPOLL_CTL_ADD, socket, &event);
    }
    hear(all, "retry: 3000");
    const double with = server.megabytes();
    std::vector<double> delays;
    for (int64_t i = 1; i <= kRuns; ++i) {
      const auto begun = Clock::now();
      append(*store, 5'575'000 + i);
      hear(all, "event: changed");
      delays.push_back(std::chrono::duration<double>(Clock::now() - begun).count());
      sleep(2);
    }
    print(fmt::format("memory with {} listeners ({:.0f} MB without)", kListeners, before),
          fmt::format("{:.0f} MB", with), fmt::format("{:.0f} MB", kMostMegabytes), with / kMostMegabytes,
          "<= 1x", with <= kMostMegabytes);
    print("from a commit until the last listener has heard", fmt::format("{:.2f} s", median(delays)), "1 s",
          median(delays), "<= 1x", median(delays) <= 1);
  }

 private:
  static constexpr int kRuns = 3;

  static void print(const std::string& what, const std::string& ours, const std::string& peer, double ratio,
                    const std::string& target, bool met) {
    fmt::print("serve: {}\t{}\t{}\t{:.4f}\t{}\t{}\n", what, ours, peer, ratio, target,
               met ? "met" : "MISSED");
    std::fflush(stdout);
  }

  static void append(nightjar::series::Store& store, int64_t bin) {
    const auto id = must(store.idOf({std::string(nightjar::series::kVisible24), Entity::country("KZ")}));
    const nightjar::series::Sample sample{id, {static_cast<double>(bin % 7), 1}};
    must(store.append(Bin{bin}, {&sample, 1}));
  }

  // Reads until every socket has said `mark` since the call.
  static void hear(int all, std::string_view mark) {
    std::vector<epoll_event> events(1024);
    std::vector<std::string> said;
    size_t left = kListeners;
    const auto begun = Clock::now();
    while (left > 0) {
      if (Clock::now() - begun > std::chrono::seconds(60)) die("not all listeners were told");
      const int count = epoll_wait(all, events.data(), static_cast<int>(events.size()), 1000);
      for (int i = 0; i < count; ++i) {
        const auto socket = static_cast<size_t>(events[static_cast<size_t>(i)].data.fd);
        char part[4096];
        const ssize_t got = ::read(static_cast<int>(socket), part, sizeof part);
        if (got <= 0) die("a listener was dropped");
        if (said.size() <= socket) said.resize(socket + 1);
        const bool before = said[socket].find(mark) != std::string::npos;
        said[socket].append(part, static_cast<size_t>(got));
        if (!before && said[socket].find(mark) != std::string::npos) --left;
      }
    }
  }

  static uint16_t freePort() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      die("no port is free");
    }
    ::close(socket);
    return ntohs(address.sin_port);
  }

  std::string largestAsset() const {
    std::string largest;
    uintmax_t size = 0;
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(fs::path(page_) / "assets", ignored)) {
      if (file.path().extension() != ".js" || file.file_size() <= size) continue;
      size = file.file_size();
      largest = file.path().filename();
    }
    return largest;
  }

  Load load(uint16_t port, const std::string& script, int seconds) {
    const fs::path file = folder_ / "load.lua";
    writeAll(file, script + kDone);
    const std::string said =
        outputOf(fmt::format("wrk -t1 -c64 -d{}s -s {} http://127.0.0.1:{}", seconds, file.string(), port));
    Load result;
    const size_t at = said.find("RESULT ");
    if (at == std::string::npos || std::sscanf(said.c_str() + at, "RESULT %lf %lf %lu", &result.perSecond,
                                               &result.p99, &result.errors) != 3) {
      die("wrk says: " + said);
    }
    if (result.errors > 0) die(fmt::format("{} requests failed", result.errors));
    return result;
  }

  void percentile(const std::string& what, uint16_t port, const std::string& script) {
    load(port, script, 5);  // so that what many ask for has been asked once
    std::vector<double> p99, rates;
    for (int i = 0; i < kRuns; ++i) {
      const Load one = load(port, script, 4);
      p99.push_back(one.p99);
      rates.push_back(one.perSecond);
    }
    const double ms = median(p99);
    print(fmt::format("{} ({:.0f}/s)", what, median(rates)), fmt::format("{:.1f} ms", ms),
          fmt::format("{:.0f} ms", kMostMilliseconds), ms / kMostMilliseconds, "<= 1x",
          ms <= kMostMilliseconds);
  }

  std::string nightjar_, store_, page_;
  fs::path folder_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: serve_bench NIGHTJAR STORE PAGE_FOLDER\n");
    return 2;
  }
  Bench bench(argv[1], argv[2], argv[3]);
  bench.answers();
  bench.files();
  bench.listeners();
  return 0;
}
