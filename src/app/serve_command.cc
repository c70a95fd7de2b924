#include "app/serve_command.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <thread>
#include <vector>

#include "app/command.h"
#include "app/evidence_desk.h"
#include "app/options.h"
#include "app/serving_thread.h"
#include "app/snapshot_reader.h"
#include "app/store_watch.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    R"(Usage: nightjar serve [OPTION]... --store FILE
Shows a store as a web page, an API (/api/v1, described by docs/api.md) and Atom feeds, until it is interrupted. The
store may be written to meanwhile.

  --store FILE         the store
  --listen HOST:PORT   where; default 127.0.0.1:8470, which only this machine reaches
  --certificate FILE   TLS: the certificate and its chain, PEM
  --key FILE           TLS: its private key, PEM
  --threads N          how many serve; default: as many as the machine has
  --signing-key FILE   signs the evidence that is offered; made if there is none. Default: the store's name with
                       .key, which `nightjar report` makes; without that file no signed evidence is offered
)";

struct Arguments {
  std::string store;
  std::string signing_key;
  serve::ServerOptions server;
  unsigned threads = 1;
};

// "127.0.0.1:8470", "[::1]:8470".
Result<void> readListen(std::string_view text, serve::ServerOptions& options) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return fail(ErrorKind::kUsage, fmt::format("'{}' is no HOST:PORT", text));
  }
  const auto port = readCount(std::string(text.substr(colon + 1)).c_str(), 0, 65535);
  if (!port) return std::unexpected(port.error());
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  options.address = host == "localhost" ? "127.0.0.1" : std::string(host);
  options.port = static_cast<uint16_t>(*port);
  return {};
}

std::expected<Arguments, int> parse(int argc, char** argv) {
  Arguments arguments;
  arguments.threads = std::max(1U, std::thread::hardware_concurrency());
  Options options(argv[0], kHelp);
  options.text("store", arguments.store);
  options.each("listen", [&](const char* text) { return readListen(text, arguments.server); });
  options.text("certificate", arguments.server.certificate_file);
  options.text("key", arguments.server.key_file);
  options.text("signing-key", arguments.signing_key);
  options.value("threads", arguments.threads, readThreads);
  const auto operands = options.read(argc, argv);
  options.requireStore(arguments.store);
  options.refuseOperands(operands);
  return options.result(std::move(arguments));
}

// The key that is named, else the store's own, if it has one.
Result<std::unique_ptr<EvidenceDesk>> openDesk(const Arguments& arguments) {
  const std::string own = arguments.store + ".key";
  const std::string path = arguments.signing_key.empty() ? own : arguments.signing_key;
  if (arguments.signing_key.empty() && !std::filesystem::exists(own))
    return EvidenceDesk::open(arguments.store, std::nullopt);
  auto key = evidence::SecretKey::open(path);
  if (!key) return std::unexpected(key.error());
  return EvidenceDesk::open(arguments.store, std::move(*key));
}

// A connection takes a descriptor, and the usual soft limit is 1024 of them.
void raiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

class Serving {
 public:
  Serving(const Arguments& arguments, EvidenceDesk& desk)
      : served_(arguments.store, arguments.server, desk), watch_(arguments.store) {}

  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;
  // The one that listens first: it deals connections out to the others.
  ~Serving() {
    for (auto& thread : threads_) thread.reset();
  }

  Result<void> start(unsigned count) {
    auto reader = SnapshotReader::open(served_.store);
    if (!reader) return std::unexpected(reader.error());
    reader_ = std::move(*reader);
    const auto snapshot = reader_->read();
    if (!snapshot) return std::unexpected(snapshot.error());
    served_.snapshot = *snapshot;
    for (unsigned i = 0; i < count; ++i) {
      auto thread = ServingThread::open(served_, threads_.empty() ? nullptr : threads_.front().get());
      if (!thread) return std::unexpected(thread.error());
      threads_.push_back(std::move(*thread));
    }
    for (const auto& thread : threads_) thread->start();
    return {};
  }

  uint16_t port() const { return threads_.front()->server().port(); }

  // Looks whether the store has changed, tells the clients, and returns when to look again. What cannot be
  // read is told, and what was read before is served on.
  std::chrono::milliseconds look() {
    stale_ = watch_.hasChanged() || stale_;
    if (!stale_) return kLook;
    const auto begun = std::chrono::steady_clock::now();
    tell(readAnew());
    if (stale_) return kRetry;
    // A large store takes long to read: not more than a fifth of one core for it.
    const auto taken = std::chrono::steady_clock::now() - begun;
    return std::max(kLook, std::chrono::duration_cast<std::chrono::milliseconds>(4 * taken));
  }

 private:
  static constexpr std::chrono::milliseconds kLook{200};
  static constexpr std::chrono::milliseconds kRetry{5000};

  // What went wrong, or nothing.
  std::string readAnew() {
    auto snapshot = reader_->read();
    stale_ = !snapshot;
    if (!snapshot) return snapshot.error().describe();
    if (!watch_.isThere()) return served_.store + ": it is gone, or another file has its name";
    show(std::move(*snapshot));
    return {};
  }

  // On standard error, and to those who ask for the status.
  void tell(const std::string& trouble) {
    if (trouble == told_) return;
    told_ = trouble;
    if (trouble.empty()) return;  // what was shown just now has none
    fmt::print(stderr, "nightjar: {}; what was read of it before is served on\n", trouble);
    auto troubled = std::make_shared<serve::Snapshot>(*served_.snapshot);
    troubled->number = serve::nextSnapshotNumber();
    troubled->trouble = "the store cannot be read now; what was read of it before is served";
    show(std::move(troubled));
  }

  void show(std::shared_ptr<const serve::Snapshot> snapshot) {
    served_.desk.forget();
    served_.snapshot = std::move(snapshot);
    for (const auto& thread : threads_) {
      thread->show(served_.snapshot);
      thread->server().publish("changed", "{}");
    }
  }

  Served served_;
  StoreWatch watch_;
  bool stale_ = false;
  std::string told_;  // the last trouble
  std::optional<SnapshotReader> reader_;
  std::vector<std::unique_ptr<ServingThread>> threads_;
};

Result<int> run(const Arguments& arguments) {
  // Threads inherit the mask: the signals are for sigtimedwait below.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  raiseFileLimit();
  const auto desk = openDesk(arguments);
  if (!desk) return std::unexpected(desk.error());
  Serving serving(arguments, **desk);
  if (const auto started = serving.start(arguments.threads); !started)
    return std::unexpected(started.error());
  const bool v6 = arguments.server.address.find(':') != std::string::npos;
  fmt::print(stderr, "Serving {} at {}://{}{}{}:{}/\n", arguments.store,
             arguments.server.key_file.empty() ? "http" : "https", v6 ? "[" : "", arguments.server.address,
             v6 ? "]" : "", serving.port());
  timespec pause{};
  do {
    const auto next = std::chrono::duration_cast<std::chrono::nanoseconds>(serving.look());
    pause = {next.count() / std::nano::den, next.count() % std::nano::den};
  } while (sigtimedwait(&signals, nullptr, &pause) < 0);
  return kDone;
}

}  // namespace

int serveCommand(int argc, char** argv) {
  return runWith(parse(argc, argv), run);
}

}  // namespace nightjar::app
