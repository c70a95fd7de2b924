#include "app/alert_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "alerts/configuration.h"
#include "alerts/courier.h"
#include "alerts/curl_transport.h"
#include "alerts/decide.h"
#include "alerts/message.h"
#include "alerts/outbox.h"
#include "app/command.h"
#include "app/options.h"
#include "app/series_store.h"
#include "app/store_watch.h"
#include "series/store.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    R"(Usage: nightjar alert [OPTION]... --store FILE --config FILE
Tells people of incidents that begin, get worse, come back in part, end, or turn out to be none: by webhook, mail, Slack,
Matrix or Prometheus Alertmanager. What was told, and what waits to be delivered, is kept beside the store
(STORE.alerts.db). docs/alerts.md describes the configuration.

  --store FILE    the store
  --config FILE   whom to tell of what, TOML
  --follow        look again whenever the store changes, until interrupted
  --dry-run       print what would be told; send and keep nothing
)";

// After this, an outbox or a store that failed is tried again.
constexpr Seconds kAfterFailure{30};

struct Arguments {
  std::string store;
  std::string config;
  bool follow = false;
  bool dry_run = false;
};

std::expected<Arguments, int> parse(int argc, char** argv) {
  Arguments arguments;
  Options options(argv[0], kHelp);
  options.text("store", arguments.store);
  options.text("config", arguments.config);
  options.flag("follow", arguments.follow);
  options.flag("dry-run", arguments.dry_run);
  const auto operands = options.read(argc, argv);
  options.requireStore(arguments.store);
  if (arguments.config.empty()) options.refuse("name the configuration with --config FILE");
  if (arguments.follow && arguments.dry_run) options.refuse("--dry-run looks once, without --follow");
  options.refuseOperands(operands);
  return options.result(std::move(arguments));
}

Result<alerts::Configuration> readConfiguration(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) return std::unexpected(Error{ErrorKind::kIo, "cannot be read", path});
  auto configuration = alerts::parseConfiguration(text);
  if (!configuration) return failIn(path, configuration.error());
  return configuration;
}

// Opened anew for each look: the file may have been put in place of another.
Result<std::vector<alerts::Outage>> readOutages(const std::string& path) {
  const auto store = series::openStoreForReading(path);
  if (!store) return std::unexpected(store.error());
  const auto incidents = (*store)->incidents({.rule = std::string(kKeptRule)});
  if (!incidents) return std::unexpected(incidents.error());
  std::vector<alerts::Outage> outages;
  for (const series::StoredIncident& incident : *incidents) {
    auto outage = alerts::readOutage(incident);
    if (outage) {
      outages.push_back(*std::move(outage));
    } else {
      complain(outage.error());
    }
  }
  return outages;
}

Time now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Result<int> dryRun(const Arguments& arguments, const alerts::Configuration& configuration) {
  const auto outages = readOutages(arguments.store);
  if (!outages) return std::unexpected(outages.error());
  const auto memory = alerts::Outbox::memoryIn(arguments.store + ".alerts.db");
  if (!memory) return std::unexpected(memory.error());
  const alerts::Decision decision = alerts::decide(configuration, *outages, *memory, now());
  std::string text;
  for (const alerts::News& news : decision.news) {
    const alerts::Words words = alerts::wordsOf(configuration, news);
    text +=
        fmt::format("To {}:\n{}\n{}\n", configuration.channels[news.channel].name, words.title, words.text);
  }
  return doneOr(writeOutput(text.empty() ? "Nothing to tell.\n" : text));
}

// Interrupts wait for sigtimedwait, so that no message is left half sent.
class Interrupts {
 public:
  Interrupts() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
  }
  static bool pending() {
    sigset_t set;
    sigpending(&set);
    return sigismember(&set, SIGINT) == 1 || sigismember(&set, SIGTERM) == 1;
  }
  // Returns true when interrupted within a second.
  bool waitSecond() const {
    const timespec second{1, 0};
    return sigtimedwait(&signals_, nullptr, &second) >= 0;
  }

 private:
  sigset_t signals_{};
};

class Teller {
 public:
  static Result<std::unique_ptr<Teller>> open(const Arguments& arguments,
                                              const alerts::Configuration& configuration) {
    auto outbox = alerts::Outbox::open(arguments.store + ".alerts.db");
    if (!outbox) return std::unexpected(outbox.error());
    auto transport = alerts::curlTransport();
    if (!transport) return std::unexpected(transport.error());
    return std::unique_ptr<Teller>(
        new Teller(arguments.store, configuration, *std::move(outbox), *std::move(transport)));
  }

  // Compares, keeps and delivers. What is to be looked at again has its time in `again`.
  Result<void> look() {
    const auto outages = readOutages(store_);
    if (!outages) return std::unexpected(outages.error());
    const auto memory = outbox_->memory();
    if (!memory) return std::unexpected(memory.error());
    const Time time = now();
    const alerts::Decision decision = alerts::decide(configuration_, *outages, *memory, time);
    std::vector<alerts::Message> messages;
    messages.reserve(decision.news.size());
    for (const alerts::News& news : decision.news) {
      messages.push_back(alerts::writeMessage(configuration_, news, time));
    }
    if (auto kept = outbox_->keep(messages, decision.changes); !kept) return kept;
    look_again_ = decision.again;
    return {};
  }
  Result<void> deliver() {
    const auto due = courier_.deliver();
    if (!due) return std::unexpected(due.error());
    deliver_again_ = *due;
    return {};
  }
  bool mustLook() const { return look_again_ && *look_again_ <= now(); }
  bool mustDeliver() const { return deliver_again_ && *deliver_again_ <= now(); }
  Result<int64_t> waiting() { return outbox_->waiting(); }

 private:
  Teller(std::string store, const alerts::Configuration& configuration,
         std::unique_ptr<alerts::Outbox> outbox, std::unique_ptr<alerts::Transport> transport)
      : store_(std::move(store)),
        configuration_(configuration),
        outbox_(std::move(outbox)),
        transport_(std::move(transport)),
        random_(std::random_device()()),
        courier_(configuration_, *outbox_, *transport_,
                 {.now = now,
                  .jitter = [this] { return std::uniform_real_distribution<double>(0, 1)(random_); },
                  .tell = [](const std::string& line) { fmt::print(stderr, "{}\n", line); },
                  .stop = Interrupts::pending}) {}

  std::string store_;
  const alerts::Configuration& configuration_;
  std::unique_ptr<alerts::Outbox> outbox_;
  std::unique_ptr<alerts::Transport> transport_;
  std::minstd_rand random_;
  alerts::Courier courier_;
  std::optional<Time> look_again_, deliver_again_;
};

Result<int> tellOnce(Teller& teller) {
  const auto looked = teller.look();
  // What waits from before goes out even where the store cannot be read now.
  if (const auto delivered = teller.deliver(); !delivered) return std::unexpected(delivered.error());
  if (!looked) return std::unexpected(looked.error());
  const auto waiting = teller.waiting();
  if (!waiting) return std::unexpected(waiting.error());
  if (*waiting == 0) return kDone;
  return fail(ErrorKind::kIo, fmt::format("{} messages wait; run it again to deliver them", *waiting));
}

int follow(Teller& teller, const Arguments& arguments, const Interrupts& interrupts) {
  StoreWatch watch(arguments.store);
  std::optional<Time> failed;
  const auto note = [&failed](const Result<void>& step) {
    if (step) return;
    complain(step.error());
    failed = now();
  };
  bool first = true;
  do {
    const bool retry = failed && *failed + kAfterFailure <= now();
    if (failed && !retry) continue;
    failed.reset();
    if (watch.hasChanged() || first || retry || teller.mustLook()) {
      note(teller.look());
      note(teller.deliver());
    } else if (teller.mustDeliver()) {
      note(teller.deliver());
    }
    first = false;
  } while (!interrupts.waitSecond());
  return kDone;
}

Result<int> run(const Arguments& arguments) {
  const auto configuration = readConfiguration(arguments.config);
  if (!configuration) return std::unexpected(configuration.error());
  if (arguments.dry_run) return dryRun(arguments, *configuration);
  // A wrong path must not leave an outbox behind.
  if (const auto readable = series::openStoreForReading(arguments.store); !readable) {
    return std::unexpected(readable.error());
  }
  const Interrupts interrupts;
  const auto teller = Teller::open(arguments, *configuration);
  if (!teller) return std::unexpected(teller.error());
  return arguments.follow ? follow(**teller, arguments, interrupts) : tellOnce(**teller);
}

}  // namespace

int alertCommand(int argc, char** argv) {
  return runWith(parse(argc, argv), run);
}

}  // namespace nightjar::app
