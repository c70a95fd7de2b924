// Measures Nightjar against its peers and against itself, on the archives that bench/make-data made:
//
//   bench_run DATA_FOLDER BINARY_FOLDER RESULT.json [WORD]
//
// With WORD only the comparisons whose names hold it, and no file is written.
//
// Each comparison runs its two commands in turns (A B A B ...), so that both see the same machine, and takes
// the medians. The result is one table of ratios on standard output, and the same with all figures as JSON.
#include <fmt/core.h>
#include <rapidjson/ostreamwrapper.h>
#include <rapidjson/prettywriter.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "measure.h"

namespace {

using nightjar::bench::Run;
using nightjar::bench::run;

// The medians of one command's runs.
struct Measured {
  std::string command;
  std::vector<Run> runs;

  double median(double Run::*figure) const {
    std::vector<double> values;
    values.reserve(runs.size());
    for (const Run& r : runs) values.push_back(r.*figure);
    return nightjar::bench::median(std::move(values));
  }
  double wall() const { return median(&Run::wall); }
};

std::vector<Measured> inTurns(const std::vector<std::string>& commands, int runs) {
  std::vector<Measured> measured;
  measured.reserve(commands.size());
  for (const std::string& command : commands) measured.push_back({command, {}});
  for (int i = 0; i < runs; ++i) {
    for (Measured& m : measured) m.runs.push_back(run(m.command));
  }
  return measured;
}

// One line of the table. `ratio` is what is held against the target.
struct Row {
  std::string what;
  std::string ours, peer;  // as printed
  double ratio = 0;
  std::string target;  // as printed; empty: told for comparison only
  bool met = true;
  std::vector<Measured> measured;
};

class Bench {
 public:
  Bench(std::string data, const std::string& binaries, std::string word)
      : data_(std::move(data)),
        nightjar_(binaries + "/nightjar"),
        storeBench_(binaries + "/store_bench"),
        blocksBench_(binaries + "/blocks_bench"),
        probeBench_(binaries + "/probe_bench"),
        serveBench_(fmt::format("{0}/serve_bench {0}/nightjar {1}/serve.db {0}/ui/dist", binaries, data_)),
        word_(std::move(word)) {}

  void run() {
    const std::string rib = file("rib.gz");
    const std::string updates = file("updates.gz");
    const std::string fifth = file("updates-fifth.gz");
    const std::string rib10 = file("rib10.gz");
    timeRatio("replay RIB / igzip", replay(rib), "igzip -dc " + rib, 5, 1.6);
    timeRatio("replay 5 M updates / igzip", replay(updates), "igzip -dc " + updates, 5, 2.5);
    memory("replay RIB and updates: memory", replay(rib + " " + updates), 500);
    updateCost("cost of an update, full table / tenth", rib, rib10, file("updates10.gz"), 4000000, 1.25);
    speedUp("mrt -m updates, against bgpdump -m", nightjar_ + " mrt -m " + fifth,
            "bgpdump -m " + fifth + " 2>/dev/null", 3, 20);
    // bgpdump asks the system for memory anew for each record of a RIB; these settings of the C library spare
    // it that.
    const std::string kept =
        "MALLOC_TRIM_THRESHOLD_=2000000000 MALLOC_TOP_PAD_=67108864 MALLOC_MMAP_THRESHOLD_=1000000000 ";
    speedUp("mrt -m tenth of RIB, against bgpdump -m", nightjar_ + " mrt -m " + rib10,
            kept + "bgpdump -m " + rib10 + " 2>/dev/null", 1);
    timeRatio("replay RIB / gzip", replay(rib), "gzip -dc " + rib, 3);
    timeRatio("replay 5 M updates / gzip", replay(updates), "gzip -dc " + updates, 3);
    const std::string quarter = file("updates-quarter0.bz2");
    timeRatio("replay bzip2 file / bzip2", replay(quarter), "bzip2 -dc " + quarter, 3, 1.05);
    std::string quarters;
    for (const char digit : {'0', '1', '2', '3'})
      quarters += file(fmt::format("updates-quarter{}.bz2 ", digit));
    const bool twoCores = std::thread::hardware_concurrency() >= 2;
    timeRatio("replay 4 bzip2 files / bzip2, one by one", replay(quarters), "bzip2 -dc " + quarters, 3,
              twoCores ? 0.8 : 1.05);
    figures("store", storeBench_);
    figures("blocks", blocksBench_);
    compared("probing", probeBench_);
    compared("serve", serveBench_);
  }

  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::string file(const std::string& name) const { return data_ + "/" + name; }
  std::string replay(const std::string& inputs) const {
    return nightjar_ + " replay --geo " + file("geo.csv") + " " + inputs;
  }

  void add(Row row) {
    fmt::print("{:<58} {:>12} {:>12} {:>9} {:>9}  {}\n", row.what, row.ours, row.peer,
               fmt::format("{:.2f}x", row.ratio), row.target,
               row.target.empty() ? ""
               : row.met          ? "met"
                                  : "MISSED");
    std::fflush(stdout);
    rows_.push_back(std::move(row));
  }

  // Our time over the peer's: smaller is better. A target of 0 is none.
  void timeRatio(const std::string& what, const std::string& ours, const std::string& peer, int runs,
                 double target = 0) {
    if (!wanted(what)) return;
    auto measured = inTurns({ours, peer}, runs);
    const double ratio = measured[0].wall() / measured[1].wall();
    add({what, seconds(measured[0]), seconds(measured[1]), ratio,
         target > 0 ? fmt::format("<= {}x", target) : "", target == 0 || ratio <= target, measured});
  }
  // The peer's time over ours: larger is better.
  void speedUp(const std::string& what, const std::string& ours, const std::string& peer, int runs,
               double target = 0) {
    if (!wanted(what)) return;
    auto measured = inTurns({ours, peer}, runs);
    const double ratio = measured[1].wall() / measured[0].wall();
    add({what, seconds(measured[0]), seconds(measured[1]), ratio,
         target > 0 ? fmt::format(">= {}x", target) : "", target == 0 || ratio >= target, measured});
  }
  void memory(const std::string& what, const std::string& ours, double limit) {
    if (!wanted(what)) return;
    auto measured = inTurns({ours}, 1);
    const double peak = measured[0].median(&Run::rss);
    add({what, fmt::format("{:.0f} MB", peak), fmt::format("{:.0f} MB", limit), peak / limit, "<= 1x",
         peak <= limit, measured});
  }
  // What one update adds to the time of reading a table, with the large table and with a tenth of it.
  void updateCost(const std::string& what, const std::string& large, const std::string& small,
                  const std::string& updates, double messages, double target) {
    if (!wanted(what)) return;
    // On one thread, or the updates would be decompressed while the table is still being read.
    const std::string one = "--threads 1 ";
    auto measured = inTurns({replay(one + large), replay(one + large + " " + updates), replay(one + small),
                             replay(one + small + " " + updates)},
                            5);
    const double atLarge = (measured[1].wall() - measured[0].wall()) / messages;
    const double atSmall = (measured[3].wall() - measured[2].wall()) / messages;
    const double ratio = atLarge / atSmall;
    add({what, fmt::format("{:.0f} ns", atLarge * 1e9), fmt::format("{:.0f} ns", atSmall * 1e9), ratio,
         fmt::format("<= {}x", target), ratio <= target, measured});
  }
  // The figures of a program that have a bound: `what` in 58 columns, value, unit, "< bound".
  void figures(const std::string& of, const std::string& program) {
    if (!wanted(of)) return;
    std::FILE* lines = popen(program.c_str(), "r");
    char line[256];
    while (lines != nullptr && std::fgets(line, sizeof line, lines) != nullptr) {
      double value = 0, bound = 0;
      char unit[16] = "";
      const std::string_view text = line;
      if (text.size() < 58 || std::sscanf(line + 58, "%lf %15s < %lf", &value, unit, &bound) != 3) continue;
      const std::string what(text.substr(0, text.find("  ")));
      add({of + ": " + what,
           fmt::format("{:.3g} {}", value, unit),
           fmt::format("{:g} {}", bound, unit),
           value / bound,
           "<= 1x",
           value <= bound,
           {}});
    }
    if (lines == nullptr || pclose(lines) != 0) {
      fmt::print(stderr, "bench: {} failed\n", program);
      std::exit(1);
    }
  }

  // The lines of a program that measures and compares by itself (probe_bench, serve_bench): what, ours,
  // peer's, ratio, target and "met" or not, with tabulators between.
  void compared(const std::string& of, const std::string& program) {
    if (!wanted(of)) return;
    std::FILE* lines = popen(program.c_str(), "r");
    char line[512];
    while (lines != nullptr && std::fgets(line, sizeof line, lines) != nullptr) {
      std::vector<std::string> fields;
      std::istringstream in(std::string(line).substr(0, std::strcspn(line, "\n")));
      for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
      if (fields.size() < 6) continue;
      add({fields[0], fields[1], fields[2], std::atof(fields[3].c_str()), fields[4], fields[5] == "met", {}});
    }
    if (lines == nullptr || pclose(lines) != 0) {
      fmt::print(stderr, "bench: {} failed\n", program);
      std::exit(1);
    }
  }

  bool wanted(const std::string& what) const { return what.find(word_) != std::string::npos; }
  static std::string seconds(const Measured& m) { return fmt::format("{:.2f} s", m.wall()); }

  std::string data_, nightjar_, storeBench_, blocksBench_, probeBench_, serveBench_, word_;
  std::vector<Row> rows_;
};

std::string cpuModel() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
  }
  return "unknown";
}

bool writeJson(const std::string& path, const std::vector<Row>& rows) {
  std::ofstream file(path);
  rapidjson::OStreamWrapper stream(file);
  rapidjson::PrettyWriter<rapidjson::OStreamWrapper> json(stream);
  json.StartObject();
  json.Key("cpu"), json.String(cpuModel().c_str());
  json.Key("cores"), json.Uint(std::thread::hardware_concurrency());
  json.Key("rows"), json.StartArray();
  for (const Row& row : rows) {
    json.StartObject();
    json.Key("what"), json.String(row.what.c_str());
    json.Key("ratio"), json.Double(row.ratio);
    if (!row.target.empty()) {
      json.Key("target"), json.String(row.target.c_str());
      json.Key("met"), json.Bool(row.met);
    }
    json.Key("commands"), json.StartArray();
    for (const Measured& m : row.measured) {
      json.StartObject();
      json.Key("command"), json.String(m.command.c_str());
      json.Key("runs"), json.Uint64(m.runs.size());
      json.Key("wall_seconds"), json.Double(m.wall());
      json.Key("cpu_seconds"), json.Double(m.median(&Run::cpu));
      json.Key("peak_memory_mb"), json.Double(m.median(&Run::rss));
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  file << '\n';
  return file.good();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    fmt::print(stderr, "usage: bench_run DATA_FOLDER BINARY_FOLDER RESULT.json [WORD]\n");
    return 2;
  }
  fmt::print("{:<58} {:>12} {:>12} {:>9} {:>9}\n", "medians, runs in turns", "Nightjar", "peer, bound",
             "ratio", "target");
  Bench bench(argv[1], argv[2], argc == 5 ? argv[4] : "");
  bench.run();
  if (argc == 5) return 0;
  if (!writeJson(argv[3], bench.rows())) {
    fmt::print(stderr, "bench: cannot write {}\n", argv[3]);
    return 1;
  }
  fmt::print("All figures: {}\n", argv[3]);
  return 0;
}
