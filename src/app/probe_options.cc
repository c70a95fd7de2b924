#include "app/probe_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "app/command.h"
#include "app/options.h"
#include "geo/text_lines.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    R"(Usage: nightjar probe [OPTION]... TARGET...
Asks hosts whether they are there, and keeps which blocks of addresses are up, by country and network. Needs
CAP_NET_RAW to open its sockets, and gives up every other right.

A TARGET is an IPv4 prefix (/24 or shorter), an address, a country (KZ), a region (KZ-ALA), a network (AS9198) or
a network in a country (AS9198@KZ). Special-purpose space is never probed.

What and where:
  --targets FILE    more targets: a prefix or `ADDRESS [AVAILABILITY]` on each line; may be repeated
  --no-scan         ask listed addresses only, and none besides
  --rib FILE        routes (MRT): which network has which block; may be repeated
  --geo FILE        where address space is (see nightjar replay --help)
  --networks FILE   what networks are called, and how people reach them (see nightjar replay --help): into the store
  --opt-out FILE    who is never probed: a prefix on each line; read again whenever it changes, and on SIGHUP
  --reference ADDR  a host that answers as long as the prober's own line is up; may be repeated
What is kept (at least one of --store and --log):
  --store FILE      series, as `nightjar detect` and `nightjar series` read them
  --bin WIDTH       length of a bin in a new store, 1m to 1h; default 5m
  --log PATH        every outcome, as `nightjar replay` reads it; in a folder, a file for each day
  --state FILE      without a log: what was learnt about the blocks, for the next start
How:
  --method METHOD   icmp (default), tcp:PORT or udp (a DNS query); IPv6 addresses are asked in the same way
  --rate N          probes a second at most; default 1000
  --round TIME      10s to 15m; default 10m, at which no block gets 20 probes an hour
  --wait TIME       how long a reply may take, 1s to 10s; default 3s
  --payload TEXT    stands in every probe: who sends it, and where to ask for no more
  --prober NAME     this vantage point's name; default: the machine's
  --interface NAME  send from this one; default: as the system routes
  --for TIME        end after that long; default: at SIGINT or SIGTERM
  --dry-run         send nothing; print what would be sent (with --all, every block)
  --json            at the end, print totals and the state of every block as JSON
)";

Result<Seconds> readDuration(std::string_view text, Seconds least, Seconds most) {
  const auto duration = parseDuration(text);
  if (!duration) return duration;
  if (*duration < least || *duration > most) {
    return fail(ErrorKind::kUsage, fmt::format("'{}' is not between {} and {}", text, formatDuration(least),
                                               formatDuration(most)));
  }
  return duration;
}

Result<void> readMethod(ProbeArguments& arguments, std::string_view text) {
  if (text == "icmp") {
    arguments.method = blocks::Method::kIcmpEcho;
  } else if (text == "udp") {
    arguments.method = blocks::Method::kUdpDns;
  } else {
    const auto port = text.starts_with("tcp:") ? geo::readNumber<uint16_t>(text.substr(4)) : std::nullopt;
    if (!port || *port == 0) {
      return fail(ErrorKind::kUsage, fmt::format("'{}' is not icmp, udp or tcp:PORT", text));
    }
    arguments.method = blocks::Method::kTcpSyn;
    arguments.port = *port;
  }
  return {};
}

Result<void> readTarget(ProbeArguments& arguments, std::string_view word) {
  const auto place = Entity::parse(word);
  if (!place) return targets::addTarget(arguments.targets, word);
  arguments.places.push_back(*place);
  return {};
}

Result<void> readReference(ProbeArguments& arguments, std::string_view text) {
  const auto address = Address::parse(text);
  if (!address) return std::unexpected(address.error());
  arguments.references.push_back(*address);
  return {};
}

std::string machineName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == 0) return "prober";
  return name.data();
}

// The name becomes part of a file's name.
bool isName(const std::string& name) {
  return !name.empty() && name.size() <= 64 && name.find('/') == std::string::npos && !name.starts_with('.');
}

}  // namespace

std::expected<ProbeArguments, int> parseProbeArguments(int argc, char** argv) {
  using std::chrono::minutes;
  using std::chrono::seconds;
  ProbeArguments arguments;
  arguments.prober = machineName();
  unsigned rate = 1000;
  Options options(argv[0], kHelp);
  options.list("targets", arguments.lists);
  options.flag("no-scan", arguments.scan, false);
  options.list("rib", arguments.ribs);
  options.list("geo", arguments.geo);
  options.text("networks", arguments.networks);
  options.text("opt-out", arguments.optOut);
  options.each("reference", [&](const char* text) { return readReference(arguments, text); });
  options.text("store", arguments.store);
  options.value("bin", arguments.width, readBinWidth);
  options.text("log", arguments.log);
  options.text("state", arguments.state);
  options.each("method", [&](const char* text) { return readMethod(arguments, text); });
  options.value("rate", rate, [](const char* text) { return readCount(text, 1, 10'000'000); });
  options.value("round", arguments.round,
                [](const char* text) { return readDuration(text, seconds(10), minutes(15)); });
  options.value("wait", arguments.wait,
                [](const char* text) { return readDuration(text, seconds(1), seconds(10)); });
  options.text("payload", arguments.payload);
  options.text("prober", arguments.prober);
  options.text("interface", arguments.interface);
  options.value("for", arguments.duration, parseDuration);
  options.flag("dry-run", arguments.dryRun);
  options.flag("all", arguments.all);
  options.flag("json", arguments.json);
  const auto operands = options.read(argc, argv);
  arguments.rate = rate;
  if (!isName(arguments.prober)) {
    options.refuse(fmt::format("'{}' cannot be a prober's name", arguments.prober));
  }
  for (const char* word : operands) {
    if (const auto added = readTarget(arguments, word); !added) options.refuse(added.error());
  }
  if (operands.empty() && arguments.lists.empty()) options.refuse("name at least one target");
  if (!arguments.dryRun && arguments.store.empty() && arguments.log.empty()) {
    options.refuse("say where the results go: --store FILE, --log PATH, or both");
  }
  return options.result(std::move(arguments));
}

}  // namespace nightjar::app
