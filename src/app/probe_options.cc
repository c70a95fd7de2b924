#include "app/probe_options.h"

#include <fmt/format.h>
#include <getopt.h>
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

void readMethod(ProbeArguments& arguments, std::string_view text, OptionReader& reader) {
  if (text == "icmp") {
    arguments.method = blocks::Method::kIcmpEcho;
  } else if (text == "udp") {
    arguments.method = blocks::Method::kUdpDns;
  } else {
    const auto port = text.starts_with("tcp:") ? geo::readNumber<uint16_t>(text.substr(4)) : std::nullopt;
    if (!port || *port == 0) {
      return reader.refuse({ErrorKind::kUsage, fmt::format("'{}' is not icmp, udp or tcp:PORT", text)});
    }
    arguments.method = blocks::Method::kTcpSyn;
    arguments.port = *port;
  }
}

void readTarget(ProbeArguments& arguments, std::string_view word, OptionReader& reader) {
  if (const auto place = Entity::parse(word)) {
    arguments.places.push_back(*place);
  } else if (const auto added = targets::addTarget(arguments.targets, word); !added) {
    reader.refuse(added.error());
  }
}

void readReference(ProbeArguments& arguments, std::string_view text, OptionReader& reader) {
  std::optional<Address> address;
  reader.read(address, Address::parse(text));
  if (address) arguments.references.push_back(*address);
}

std::string machineName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == 0) return "prober";
  return name.data();
}

// The name becomes part of a file's name.
void checkName(const std::string& name, OptionReader& reader) {
  if (name.empty() || name.size() > 64 || name.find('/') != std::string::npos || name.starts_with('.')) {
    reader.refuse({ErrorKind::kUsage, fmt::format("'{}' cannot be a prober's name", name)});
  }
}

}  // namespace

std::expected<ProbeArguments, int> parseProbeArguments(int argc, char** argv) {
  static const option kOptions[] = {{"targets", required_argument, nullptr, 't'},
                                    {"no-scan", no_argument, nullptr, 'N'},
                                    {"rib", required_argument, nullptr, 'R'},
                                    {"geo", required_argument, nullptr, 'g'},
                                    {"networks", required_argument, nullptr, 'k'},
                                    {"opt-out", required_argument, nullptr, 'o'},
                                    {"reference", required_argument, nullptr, 'e'},
                                    {"store", required_argument, nullptr, 's'},
                                    {"bin", required_argument, nullptr, 'b'},
                                    {"log", required_argument, nullptr, 'l'},
                                    {"state", required_argument, nullptr, 'S'},
                                    {"method", required_argument, nullptr, 'm'},
                                    {"rate", required_argument, nullptr, 'r'},
                                    {"round", required_argument, nullptr, 'u'},
                                    {"wait", required_argument, nullptr, 'w'},
                                    {"payload", required_argument, nullptr, 'p'},
                                    {"prober", required_argument, nullptr, 'P'},
                                    {"interface", required_argument, nullptr, 'i'},
                                    {"for", required_argument, nullptr, 'f'},
                                    {"dry-run", no_argument, nullptr, 'n'},
                                    {"all", no_argument, nullptr, 'a'},
                                    {"json", no_argument, nullptr, 'j'},
                                    {"help", no_argument, nullptr, 'h'},
                                    {}};
  using std::chrono::minutes;
  using std::chrono::seconds;
  ProbeArguments arguments;
  arguments.prober = machineName();
  OptionReader reader(argv[0]);
  unsigned rate = 1000;
  for (int opt; (opt = getopt_long(argc, argv, "h", kOptions, nullptr)) != -1;) {
    switch (opt) {
      case 't':
        arguments.lists.emplace_back(optarg);
        break;
      case 'N':
        arguments.scan = false;
        break;
      case 'R':
        arguments.ribs.emplace_back(optarg);
        break;
      case 'g':
        arguments.geo.emplace_back(optarg);
        break;
      case 'k':
        arguments.networks = optarg;
        break;
      case 'o':
        arguments.optOut = optarg;
        break;
      case 'e':
        readReference(arguments, optarg, reader);
        break;
      case 's':
        arguments.store = optarg;
        break;
      case 'b':
        reader.read(arguments.width, readBinWidth(optarg));
        break;
      case 'l':
        arguments.log = optarg;
        break;
      case 'S':
        arguments.state = optarg;
        break;
      case 'm':
        readMethod(arguments, optarg, reader);
        break;
      case 'r':
        reader.read(rate, readCount(optarg, 1, 10'000'000));
        break;
      case 'u':
        reader.read(arguments.round, readDuration(optarg, seconds(10), minutes(15)));
        break;
      case 'w':
        reader.read(arguments.wait, readDuration(optarg, seconds(1), seconds(10)));
        break;
      case 'p':
        arguments.payload = optarg;
        break;
      case 'P':
        arguments.prober = optarg;
        break;
      case 'i':
        arguments.interface = optarg;
        break;
      case 'f':
        reader.read(arguments.duration, parseDuration(optarg));
        break;
      case 'n':
        arguments.dryRun = true;
        break;
      case 'a':
        arguments.all = true;
        break;
      case 'j':
        arguments.json = true;
        break;
      case 'h':
        fmt::print("{}", kHelp);
        return std::unexpected(kDone);
      default:
        return std::unexpected(wrongUsage(argv[0]));
    }
  }
  arguments.rate = rate;
  checkName(arguments.prober, reader);
  for (int i = optind; i < argc; ++i) readTarget(arguments, argv[i], reader);
  if (optind == argc && arguments.lists.empty())
    reader.refuse({ErrorKind::kUsage, "name at least one target"});
  if (!arguments.dryRun && arguments.store.empty() && arguments.log.empty()) {
    reader.refuse({ErrorKind::kUsage, "say where the results go: --store FILE, --log PATH, or both"});
  }
  if (reader.status() != kDone) return std::unexpected(reader.status());
  return arguments;
}

}  // namespace nightjar::app
