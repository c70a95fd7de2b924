// Compares the prober's sender and receiver with zmap, fping and scamper, side by side against the same
// answering side: two network namespaces joined by a veth pair, of which the far one answers for all of
// 10.0.0.0/8. A veth pair delivers in the sender's system call, so that all programs alike are charged for
// the far side's answers.
//
//   probe_bench            (as root, or where namespaces are allowed)
//
// Prints the lines that bench_run reads: what, ours, the peer's, ratio, target, "met" or "MISSED", with
// tabulators between. Says so, and prints none, where namespaces are not allowed.
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include "measure.h"

namespace {

using nightjar::bench::median;
using nightjar::bench::Run;
using nightjar::bench::run;

constexpr int kRuns = 3;
constexpr int kTargets = 524288;  // 10.0.0.0/13
constexpr int kScamperTargets = 30000;
constexpr int kFpingTargets = 3000;

bool does(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

std::string outputOf(const std::string& command) {
  std::string output;
  std::FILE* pipe = popen(command.c_str(), "r");
  char part[4096];
  while (pipe != nullptr && std::fgets(part, sizeof part, pipe) != nullptr) output += part;
  if (pipe != nullptr) pclose(pipe);
  return output;
}

void removeNamespaces() {
  does("ip netns del nightjar-bench-near");
  does("ip netns del nightjar-bench-far");
}

bool makeNamespaces() {
  removeNamespaces();
  return std::ranges::all_of(
      std::array{
          "netns add nightjar-bench-near",
          "netns add nightjar-bench-far",
          "-n nightjar-bench-near link add veth0 type veth peer name veth1 netns nightjar-bench-far",
          "-n nightjar-bench-near addr add 192.0.2.1/30 dev veth0",
          "-n nightjar-bench-far addr add 192.0.2.2/30 dev veth1",
          "-n nightjar-bench-near link set veth0 up",
          "-n nightjar-bench-far link set veth1 up",
          "-n nightjar-bench-far link set lo up",
          "-n nightjar-bench-near route add default via 192.0.2.2",
          "-n nightjar-bench-far route add local 10.0.0.0/8 dev lo",
      },
      [](const char* command) { return does(fmt::format("ip {}", command)); });
}

std::string targetFile(const std::string& folder, int count) {
  const std::string path = folder + "/targets-" + std::to_string(count);
  std::ofstream out(path);
  for (int i = 0; i < count; ++i) out << fmt::format("10.{}.{}.{}\n", i >> 16, i >> 8 & 255, i & 255);
  return path;
}

double number(const std::string& text) {
  return std::atof(text.c_str());
}

// One program's runs.
struct Program {
  std::string command;
  int targets;
  std::string count;  // a command that prints how many answered
  std::string rtt;    // one that prints the median RTT in microseconds, or empty
  std::vector<double> cpu = {}, answered = {}, rtts = {};

  void once() {
    cpu.push_back(run(command).cpu);
    answered.push_back(number(outputOf(count)));
    if (!rtt.empty()) rtts.push_back(number(outputOf(rtt)));
  }
  double answeredPerCpuSecond() const {
    std::vector<double> rates;
    rates.reserve(cpu.size());
    for (size_t i = 0; i < cpu.size(); ++i) rates.push_back(answered[i] / cpu[i]);
    return median(rates);
  }
  double lost() const {
    double sum = 0;
    for (const double one : answered) sum += targets - one;
    return sum;
  }
};

void print(const std::string& what, const std::string& ours, const std::string& peer, double ratio,
           const std::string& target, bool met) {
  fmt::print("probing: {}\t{}\t{}\t{:.4f}\t{}\t{}\n", what, ours, peer, ratio, target,
             met ? "met" : "MISSED");
}

void compareRates(const std::string& what, const Program& ours, const Program& peer, double target) {
  const double a = ours.answeredPerCpuSecond();
  const double b = peer.answeredPerCpuSecond();
  print(what, fmt::format("{:.0f}", a), fmt::format("{:.0f}", b), a / b,
        target > 0 ? fmt::format(">= {}x", target) : "", target == 0 || a / b >= target);
}

}  // namespace

int main(int, char** argv) {
  if (!makeNamespaces()) {
    removeNamespaces();
    fmt::print(stderr, "bench: probing is left out: network namespaces are not allowed here\n");
    return 0;
  }
  std::atexit(removeNamespaces);
  char pattern[] = "/tmp/nightjar-bench-XXXXXX";
  const std::string folder = mkdtemp(pattern);
  const std::string near = "ip netns exec nightjar-bench-near ";
  const std::string flood =
      near + (std::filesystem::path(argv[0]).parent_path() / "probe_flood").string() + " 10.0.0.0 ";
  const std::string link = outputOf("ip -n nightjar-bench-far -o link show veth1");
  const std::string mac = link.substr(link.find("link/ether ") + 11, 17);
  std::ofstream(folder + "/empty").close();
  const std::string outs = folder + "/ours", zmaps = folder + "/zmap", scampers = folder + "/scamper",
                    fpings = folder + "/fping";
  const auto fieldOf = [](const std::string& file, int field) {
    return fmt::format("cut -d ' ' -f {} {}", field, file);
  };
  const auto ours = [&](int targets, int rate) {
    return Program{fmt::format("{}{} {} 1000 > {}", flood, targets, rate, outs), targets, fieldOf(outs, 4),
                   fieldOf(outs, 14)};
  };
  const auto zmap = [&](int rate) {
    return Program{
        fmt::format("{0}zmap -C {1}/empty -b {1}/empty -M icmp_echoscan -i veth0 -G {2} -S 192.0.2.1 -r {3} "
                    "-c 1 -q -o {4} -f saddr 10.0.0.0/13 2>/dev/null",
                    near, folder, mac, rate, zmaps),
        kTargets, "sort -u " + zmaps + " | wc -l", ""};
  };
  const std::string scamperList = targetFile(folder, kScamperTargets);
  const std::string fpingList = targetFile(folder, kFpingTargets);
  std::map<std::string, Program> programs{
      {"ours", ours(kTargets, 1000000)},
      {"zmap", zmap(1000000)},
      {"ours at 50,000/s", ours(kTargets, 50000)},
      {"zmap at 50,000/s", zmap(50000)},
      {"scamper",
       {fmt::format("{}scamper -c 'ping -c 1' -p 10000 -f {} -O warts -o {}", near, scamperList, scampers),
        kScamperTargets, fmt::format("sc_warts2text {} | grep -c 'bytes from'", scampers), ""}},
      {"ours at 1,000/s", ours(kFpingTargets, 1000)},
      {"fping",
       {fmt::format("{}fping -C 1 -q -i 1 -r 0 -t 500 -f {} 2> {}", near, fpingList, fpings), kFpingTargets,
        fmt::format("grep -c ': [0-9]' {}", fpings),
        fmt::format("awk '{{print $NF * 1000}}' {} | sort -n | sed -n {}p", fpings, kFpingTargets / 2)}}};
  for (int i = 0; i < kRuns; ++i) {
    for (auto& [name, program] : programs) program.once();
  }
  std::filesystem::remove_all(folder);

  const auto at = [&](const char* name) -> const Program& { return programs.at(name); };
  compareRates("answered per CPU second, zmap", at("ours"), at("zmap"), 1);
  compareRates("the same at 50,000 probes a second", at("ours at 50,000/s"), at("zmap at 50,000/s"), 1);
  compareRates("answered per CPU second, scamper", at("ours"), at("scamper"), 1);
  compareRates("answered per CPU second, fping", at("ours"), at("fping"), 1);
  const double lost = at("ours").lost() + at("ours at 50,000/s").lost() + at("ours at 1,000/s").lost();
  const double zmapLost = at("zmap").lost() + at("zmap at 50,000/s").lost();
  print(fmt::format("answers lost of {} million, zmap", 2 * kRuns * kTargets / 1000000),
        fmt::format("{:.0f}", lost), fmt::format("{:.0f}", zmapLost), lost / std::max(1.0, zmapLost), "none",
        lost == 0);
  const double rtt = median(at("ours at 1,000/s").rtts);
  const double fpingRtt = median(at("fping").rtts);
  print("median RTT at 1,000 a second, fping", fmt::format("{:.0f} us", rtt),
        fmt::format("{:.0f} us", fpingRtt), rtt / std::max(1.0, fpingRtt), "+- 50 us",
        std::abs(rtt - fpingRtt) <= 50);
  return 0;
}
