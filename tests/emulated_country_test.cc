// The real prober in a country of namespaces, where a timetable says what is cut, slowed and forged: truth
// and verdict are compared block by block.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <rapidjson/document.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstring>
#include <map>
#include <sstream>
#include <thread>

#include "app/archive_for_tests.h"
#include "emulated_country.h"
#include "probing/blocks/engine.h"
#include "probing/log/log.h"
#include "run_program.h"
#include "series/store.h"
#include "slow_network.h"

namespace nightjar::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::system_clock;

Time now() {
  return std::chrono::floor<std::chrono::microseconds>(system_clock::now());
}

// ---- the country

constexpr int kHosts = 100;
const std::vector<EmulatedCountry::Network> kNetworks{{"a", "20.1.0.0/21", kHosts},   // will be cut
                                                      {"b", "20.2.0.0/21", kHosts},   // half of it will go
                                                      {"d", "30.4.0.0/21", kHosts}};  // abroad
constexpr std::string_view kSlow = "20.3.0.0/21";
// Of the networks 65001 to 65004.
const std::vector<std::string> kPrefixes{"20.1.0.0/21", "20.2.0.0/21", std::string(kSlow), "30.4.0.0/21"};
constexpr uint32_t kBlocksOfEach = 8;

uint32_t firstBlockOf(size_t network) {
  return static_cast<uint32_t>(Prefix::parse(kPrefixes[network])->address.high() >> 8);
}

// What became of one block, as the log tells it: the spans in which it was down.
struct Span {
  Time since;               // the first unanswered probe
  std::optional<Time> end;  // the first answer after it
};
using History = std::map<uint32_t, std::vector<Span>>;  // by the block's number

struct LogTruth {
  History down;
  uint64_t outcomes = 0;
  std::map<uint32_t, uint64_t> replies;  // by block
};

LogTruth readLog(const std::string& path) {
  LogTruth truth;
  auto reader = probe_log::LogReader::open(path);
  EXPECT_TRUE(reader) << reader.error().describe();
  blocks::Parameters parameters;
  parameters.round = reader->header().round;
  blocks::Engine engine(parameters);
  for (;;) {
    const auto chunk = reader->next();
    EXPECT_TRUE(chunk) << chunk.error().describe();
    if (!chunk || !*chunk) break;
    if (!(*chunk)->state.empty()) {
      EXPECT_TRUE(engine.load((*chunk)->state, blocks::Engine::Intake::kAll));
      continue;
    }
    for (const blocks::Outcome& outcome : (*chunk)->outcomes) {
      const blocks::Settled settled = engine.apply(outcome);
      if (!settled.counted) continue;
      ++truth.outcomes;
      const auto number = static_cast<uint32_t>(outcome.target.high() >> 8);
      if (outcome.answer == blocks::Answer::kReply) ++truth.replies[number];
      auto& spans = truth.down[number];
      if (settled.before != blocks::State::kDown && settled.after == blocks::State::kDown) {
        spans.push_back({engine.status(settled.block).since, {}});
      } else if (settled.before == blocks::State::kDown && settled.after != blocks::State::kDown) {
        spans.back().end = outcome.sent;
      }
    }
  }
  return truth;
}

// ---- the forger

// Sends `count` ICMP echo replies from addresses of a network to the prober, at 2,000 a second.
void forge(const std::string& space, const std::string& prefix, int count) {
  const int fd = open(("/var/run/netns/" + space).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, CLONE_NEWNET) != 0) _exit(1);
  const int raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  if (raw < 0) _exit(2);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  inet_pton(AF_INET, std::string(EmulatedCountry::kProber).c_str(), &to.sin_addr);
  const uint32_t first = htonl(inet_addr(prefix.substr(0, prefix.find('/')).c_str()));
  for (int i = 0; i < count; ++i) {
    std::array<uint8_t, 20 + 64> packet{};
    auto* ip = reinterpret_cast<iphdr*>(packet.data());
    ip->version = 4;
    ip->ihl = 5;
    ip->ttl = 60;
    ip->protocol = IPPROTO_ICMP;
    ip->tot_len = htons(packet.size());
    ip->saddr = htonl(first + (static_cast<uint32_t>(i) % kBlocksOfEach << 8) + 1 +
                      static_cast<uint32_t>(i / 8) % kHosts);
    ip->daddr = to.sin_addr.s_addr;
    for (size_t at = 24; at < packet.size(); ++at) packet[at] = static_cast<uint8_t>(i * 131 + at * 7);
    auto* icmp = reinterpret_cast<icmphdr*>(packet.data() + 20);
    icmp->type = ICMP_ECHOREPLY;
    icmp->code = 0;
    icmp->checksum = 0;
    uint32_t sum = 0;
    for (size_t at = 20; at < packet.size(); at += 2)
      sum += static_cast<uint32_t>(packet[at] | packet[at + 1] << 8);
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    icmp->checksum = static_cast<uint16_t>(~sum);
    sendto(raw, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
    if (i % 20 == 19) usleep(10'000);
  }
  _exit(0);
}

// ---- the test

class EmulatedCountryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!country_.possible()) {
      GTEST_SKIP() << "no namespaces, filters or devices here (needs root, iproute2 and nftables): "
                   << readFile(folder_ / "shell");
    }
    ASSERT_TRUE(country_.build()) << readFile(folder_ / "shell");
    slow_ = std::make_unique<SlowNetwork>(country_.space("up"), "slow0", kHosts);
    ASSERT_TRUE(slow_->runs());
    ASSERT_TRUE(country_.route(std::string(kSlow), "slow0"));
    const std::string geo = "# nightjar geo map: emulated\n20.0.0.0/8,ZW\n30.0.0.0/8,MZ\n";
    writeFile(folder_ / "geo.csv", geo);
    std::string targets;
    for (size_t network = 0; network < kPrefixes.size(); ++network) {
      for (uint32_t block = 0; block < kBlocksOfEach; ++block) {
        for (uint32_t host = 1; host <= kHosts; ++host) {
          targets += Address::ipv4(((firstBlockOf(network) + block) << 8) + host).text() + " 0.98\n";
        }
      }
    }
    writeFile(folder_ / "targets", targets);
    writeFile(folder_ / "networks.csv",
              std::string("# nightjar networks: test\n65001,First,mobile\n65002,Second,fixed\n"));
    app::TestArchive()
        .dump(
            now(), 3,
            {{"20.1.0.0/21", 65001}, {"20.2.0.0/21", 65002}, {"20.3.0.0/21", 65003}, {"30.4.0.0/21", 65004}})
        .save(folder_ / "rib.mrt");
  }

  std::vector<std::string> probeCommand() const {
    return {"ip",
            "netns",
            "exec",
            country_.space("probe"),
            NIGHTJAR_BINARY,
            "probe",
            "--prober",
            "emulated",
            "--round",
            "10s",
            "--wait",
            "1s",
            "--bin",
            "1m",
            "--store",
            folder_ / "store.db",
            "--log",
            folder_ / "log.probes",
            "--geo",
            folder_ / "geo.csv",
            "--rib",
            folder_ / "rib.mrt",
            "--networks",
            folder_ / "networks.csv",
            "--targets",
            folder_ / "targets",
            "--no-scan",
            "--reference",
            std::string(EmulatedCountry::kUpstream),
            "--reference",
            std::string(EmulatedCountry::kLandmark),
            "--json"};
  }

  static void sleepUntil(Time time) { std::this_thread::sleep_until(time); }

  // A series of the store: value and coverage by the bin's begin.
  std::map<std::string, std::pair<double, double>> series(const std::string& entity,
                                                          const std::string& signal) {
    const Outcome printed = runProgram(
        {NIGHTJAR_BINARY, "series", "--store", folder_ / "store.db", "--csv", entity, "--signal", signal});
    EXPECT_EQ(printed.status, 0) << printed.err;
    std::map<std::string, std::pair<double, double>> points;
    std::istringstream lines(printed.out);
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      std::istringstream fields(line);
      std::string time, name, value, coverage;
      std::getline(fields, time, ',');
      std::getline(fields, name, ',');
      std::getline(fields, value, ',');
      std::getline(fields, coverage, ',');
      points[time] = {std::atof(value.c_str()), std::atof(coverage.c_str())};
    }
    return points;
  }

  const TemporaryFolder folder_;
  const EmulatedCountry country_{folder_ / "shell", kNetworks};
  std::unique_ptr<SlowNetwork> slow_;
};

// A block is asked every 10 s, and silence is held against it after 2.5 s; one whose budget (19 probes in six
// rounds) is used up by learning, or by the outage itself, is asked later.
constexpr auto kSlack = seconds(25);
constexpr auto kSlackOfEnd = seconds(45);

TEST_F(EmulatedCountryTest, VerdictsFollowTheTimetable) {
  // Two probers never ran in one place: the first one is killed, the second goes on with its log.
  auto prober = std::make_unique<Running>(probeCommand(), folder_ / "first.json", folder_ / "err");
  const Time start = now();
  Time mark = std::chrono::ceil<minutes>(start + seconds(70));  // a bin begins

  sleepUntil(mark - seconds(50));
  const Time cut = now();
  ASSERT_TRUE(country_.cut("20.1.0.0/21"));
  slow_->shape(80, 25, 20);
  const pid_t forger = fork();
  if (forger == 0) forge(country_.space("up"), "20.1.0.0/21", 80'000);
  sleepUntil(mark - seconds(46));
  const Time halfGone = now();
  ASSERT_TRUE(country_.in("b", "nft add element ip h dark '{ 20.2.0.0/22 }'"));

  sleepUntil(mark + seconds(2));
  int forged = 0;
  waitpid(forger, &forged, 0);
  EXPECT_EQ(forged, 0);
  const Time restored = now();
  ASSERT_TRUE(country_.restore("20.1.0.0/21"));
  sleepUntil(mark + seconds(6));
  const Time halfBack = now();
  ASSERT_TRUE(country_.in("b", "nft delete element ip h dark '{ 20.2.0.0/22 }'"));

  sleepUntil(mark + seconds(14));
  ASSERT_TRUE(country_.cutUplink());
  sleepUntil(mark + seconds(30));
  ASSERT_TRUE(country_.restoreUplink());

  sleepUntil(mark + seconds(36));
  EXPECT_EQ(prober->end(SIGKILL), 128 + SIGKILL);
  const uint64_t acknowledged = readLog(folder_ / "log.probes").outcomes;
  prober = std::make_unique<Running>(probeCommand(), folder_ / "second.json", folder_ / "err");

  sleepUntil(mark + seconds(42));
  ASSERT_TRUE(country_.bringDown());
  sleepUntil(mark + seconds(49));
  ASSERT_TRUE(country_.bringUp());
  sleepUntil(mark + seconds(64));
  EXPECT_EQ(prober->end(SIGTERM), 0) << readFile(folder_ / "err");

  // Block by block.
  const LogTruth truth = readLog(folder_ / "log.probes");
  EXPECT_GT(truth.outcomes, acknowledged) << "the second prober goes on with the log of the first";
  const auto expectOutage = [&](uint32_t block, Time from, Time until) {
    const auto& spans = truth.down.at(block);
    const std::string name = Address::ipv4(block << 8).text();
    ASSERT_EQ(spans.size(), 1U) << name;
    EXPECT_GE(spans[0].since, from - seconds(1)) << name;
    EXPECT_LE(spans[0].since, from + kSlack) << name;
    ASSERT_TRUE(spans[0].end) << name;
    EXPECT_GE(*spans[0].end, until - seconds(1)) << name;
    EXPECT_LE(*spans[0].end, until + kSlackOfEnd) << name;
  };
  for (size_t network = 0; network < kPrefixes.size(); ++network) {
    for (uint32_t i = 0; i < kBlocksOfEach; ++i) {
      const uint32_t block = firstBlockOf(network) + i;
      ASSERT_TRUE(truth.replies.contains(block)) << Address::ipv4(block << 8).text() << " never answered";
      if (network == 0) {
        expectOutage(block, cut, restored);
      } else if (network == 1 && i < 4) {
        expectOutage(block, halfGone, halfBack);
      } else {
        EXPECT_TRUE(truth.down.at(block).empty())
            << Address::ipv4(block << 8).text() << " was up all the time";
      }
    }
  }

  // Bin by bin: the one before the mark ends within the outages, the one after it has the uplink's failure.
  const std::string dark = formatTime(mark - minutes(1));
  const std::string blind = formatTime(mark);
  EXPECT_EQ(series("AS65001", "probe.up24")[dark].first, 0);
  EXPECT_EQ(series("AS65002@ZW", "probe.up24")[dark].first, 4);
  EXPECT_EQ(series("MZ", "probe.up24")[dark].first, 8);
  EXPECT_LE(series("ZW", "probe.up24")[dark].first, 0 + 4 + 8);
  EXPECT_GE(series("ZW", "probe.up24")[dark].first, 0 + 4)
      << "where a quarter is lost, a block may be in doubt";
  EXPECT_GE(series("ZW", "probe.up24")[blind].first, 8 + 8) << "the uplink's failure is nobody's outage";
  EXPECT_GT(series("ZW", "probe.up24")[blind].second, 0.3);
  EXPECT_LT(series("ZW", "probe.up24")[blind].second, 0.8);
  EXPECT_GT(series("AS65003", "probe.loss")[dark].first, 0.08);
  EXPECT_GT(series("AS65003", "probe.rtt")[blind].first, 70);
  EXPECT_LT(series("AS65004", "probe.rtt")[blind].first, 20);
  EXPECT_LT(series("AS65004", "probe.loss")[dark].first, 0.02);

  const auto networks = series::openStore(folder_ / "store.db").value()->networks();
  ASSERT_TRUE(networks);
  EXPECT_EQ(networks->size(), 2U) << "names and access, as networks.csv has them";

  // What was forged is foreign, and counts for nothing.
  rapidjson::Document end;
  const std::string json = readFile(folder_ / "second.json");
  end.Parse(json.c_str(), json.size());
  ASSERT_TRUE(end.IsObject()) << json << readFile(folder_ / "err");
  EXPECT_EQ(end["blocks"].Size(), kPrefixes.size() * kBlocksOfEach);
  for (const auto& block : end["blocks"].GetArray()) {
    const bool slow = Prefix::parse(kSlow)->contains(Prefix::parse(block["block"].GetString())->address);
    if (!slow) {
      EXPECT_STREQ(block["state"].GetString(), "up") << block["block"].GetString();
    }
    EXPECT_STRNE(block["state"].GetString(), "down") << block["block"].GetString();
  }
  EXPECT_GT(end["totals"]["uplink_failed_windows"].GetUint64(), 3U) << "the interface was down";

  // A replay of the log gives what the prober wrote, but for the span that was not acknowledged when it died.
  const Outcome replayed =
      runProgram({NIGHTJAR_BINARY, "replay", "--store", folder_ / "replayed.db", "--bin", "1m", "--geo",
                  folder_ / "geo.csv", folder_ / "log.probes", folder_ / "rib.mrt"});
  EXPECT_EQ(replayed.status, 0) << replayed.err;
}

}  // namespace
}  // namespace nightjar::test
