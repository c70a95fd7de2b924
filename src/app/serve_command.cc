#include "app/serve_command.h"

#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <thread>
#include <vector>

#include "app/command.h"
#include "app/evidence_desk.h"
#include "app/options.h"
#include "app/serving_thread.h"
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
  static const option kOptions[] = {{"store", required_argument, nullptr, 's'},
                                    {"listen", required_argument, nullptr, 'l'},
                                    {"certificate", required_argument, nullptr, 'c'},
                                    {"key", required_argument, nullptr, 'k'},
                                    {"threads", required_argument, nullptr, 't'},
                                    {"signing-key", required_argument, nullptr, 'g'},
                                    {"help", no_argument, nullptr, 'h'},
                                    {}};
  Arguments arguments;
  arguments.threads = std::max(1U, std::thread::hardware_concurrency());
  OptionReader reader(argv[0]);
  for (int opt; (opt = getopt_long(argc, argv, "h", kOptions, nullptr)) != -1;) {
    switch (opt) {
      case 's':
        arguments.store = optarg;
        break;
      case 'l':
        if (const auto read = readListen(optarg, arguments.server); !read) reader.refuse(read.error());
        break;
      case 'c':
        arguments.server.certificate_file = optarg;
        break;
      case 'k':
        arguments.server.key_file = optarg;
        break;
      case 'g':
        arguments.signing_key = optarg;
        break;
      case 't':
        reader.read(arguments.threads, readCount(optarg, 1, 64));
        break;
      case 'h':
        fmt::print("{}", kHelp);
        return std::unexpected(kDone);
      default:
        return std::unexpected(wrongUsage(argv[0]));
    }
  }
  reader.requireStore(arguments.store);
  if (optind < argc)
    reader.refuse({ErrorKind::kUsage, fmt::format("'{}' is one word too many", argv[optind])});
  if (reader.status() != kDone) return std::unexpected(reader.status());
  return arguments;
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

Result<int> run(Arguments arguments) {
  // Threads inherit the mask: the signals are for sigtimedwait below.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  const auto desk = openDesk(arguments);
  if (!desk) return std::unexpected(desk.error());
  std::vector<std::unique_ptr<ServingThread>> threads;
  for (unsigned i = 0; i < arguments.threads; ++i) {
    ServingThread* first = threads.empty() ? nullptr : threads.front().get();
    auto thread = ServingThread::start(arguments.store, arguments.server, **desk, first);
    if (!thread) return std::unexpected(thread.error());
    threads.push_back(std::move(*thread));
  }
  const bool v6 = arguments.server.address.find(':') != std::string::npos;
  fmt::print(stderr, "Serving {} at {}://{}{}{}:{}/\n", arguments.store,
             arguments.server.key_file.empty() ? "http" : "https", v6 ? "[" : "", arguments.server.address,
             v6 ? "]" : "", threads.front()->server().port());
  StoreWatch watch(arguments.store);
  const timespec second{1, 0};
  while (sigtimedwait(&signals, nullptr, &second) < 0) {
    if (!watch.hasChanged()) continue;
    (*desk)->forget();
    for (const auto& thread : threads) {
      thread->refresh();
      thread->server().publish("changed", "{}");
    }
  }
  return kDone;
}

}  // namespace

int serveCommand(int argc, char** argv) {
  return runWith(parse(argc, argv), run);
}

}  // namespace nightjar::app
