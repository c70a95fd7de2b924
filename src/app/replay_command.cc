#include "app/replay_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "app/command.h"
#include "app/input_hash.h"
#include "app/judge_output.h"
#include "app/names.h"
#include "app/networks_file.h"
#include "app/options.h"
#include "app/origins.h"
#include "app/replay.h"
#include "app/replay_logs.h"
#include "app/series_log.h"
#include "app/series_store.h"
#include "base/printable.h"
#include "detect/rule/rule.h"
#include "geo/load.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    R"(Usage: nightjar replay [OPTION]... INPUT...
Replays archives of routes (MRT files) and logs of probers (.probes), or folders of them, in any order, and
tells which countries and networks disappeared from the Internet, when, how far, and when they came back.

  --store FILE   keep the series and incidents in this store (made if there is none)
  --bin WIDTH    length of a bin, 1m to 1h; 5m unless the store has another
  --from TIME    report no bin that begins before
  --until TIME   read nothing at or after
  --geo FILE     where address space is: tor geoip, RIR delegated-extended, .mmdb or an episode's geo.csv;
                 may be repeated; default: the files of Debian's tor-geoipdb
  --networks F   what networks are called and how people reach them (ASN,NAME,ACCESS: docs/inputs.md); the
                 networks.csv of a folder that is named is read as well
  --rule NAME    nightjar (default), ioda, chocolatine, richter or sigma
  --threads N    1 reads and counts on one thread; default: as many as the machine has. The result is the same
  --json         one JSON document instead of a table
)";

struct Arguments {
  std::vector<std::string> inputs;
  std::string store;
  std::vector<std::string> geo;
  std::string networks;
  std::optional<BinWidth> width;
  ReplayOptions replay;
  std::string rule = "nightjar";
  bool json = false;
};

// The exit status when there is nothing to run: help was asked for, or the usage is wrong.
std::expected<Arguments, int> parse(int argc, char** argv) {
  Arguments arguments;
  ReplayOptions& replay = arguments.replay;
  replay.threads = std::max(1U, std::thread::hardware_concurrency());
  Options options(argv[0], kHelp);
  options.text("store", arguments.store);
  options.value("bin", arguments.width, readBinWidth);
  options.value("from", replay.from, parseTime);
  options.value("until", replay.until, parseTime);
  options.list("geo", arguments.geo);
  options.text("networks", arguments.networks);
  options.text("rule", arguments.rule);
  options.value("threads", replay.threads, readThreads);
  options.flag("json", arguments.json);
  const auto operands = options.read(argc, argv);
  if (const auto rule = detect::makeRule(arguments.rule); !rule) options.refuse(rule.error());
  if (operands.empty()) options.refuse("name at least one file or folder");
  if (replay.from && replay.until && *replay.from >= *replay.until) {
    options.refuse("--from must be before --until");
  }
  arguments.inputs.assign(operands.begin(), operands.end());
  return options.result(std::move(arguments));
}

// "1 file", "2 files".
std::string counted(uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string inputName(const std::string& path) {
  return printable(std::filesystem::path(path).filename().string());
}

// A replay in its stages; `failed` collects what went wrong in part.
class ReplayRun {
 public:
  explicit ReplayRun(Arguments arguments) : arguments_(std::move(arguments)) {}

  Result<int> run() {
    const auto geo = geo::load(arguments_.geo);
    if (!geo) return std::unexpected(geo.error());
    if (!arguments_.geo.empty()) tellFindings(geo->findings);
    geoName_ = geo->map.name();
    auto networks = loadNetworks(arguments_.networks, arguments_.inputs);
    if (!networks) return std::unexpected(networks.error());
    networks_ = std::move(*networks);
    if (const auto opened = openStore(); !opened) return std::unexpected(opened.error());
    const InputPlan plan = planInputs(arguments_.inputs);
    for (const Error& error : plan.errors) trouble(error);
    if (!plan.skipped.empty()) {
      fmt::print(stderr, "{} files whose names are not those of archives were left out, {} first\n",
                 plan.skipped.size(), plan.skipped.front());
    }
    if (plan.files.empty() && plan.logs.empty()) {
      return fail(ErrorKind::kIo, "no archive of routes and no log of a prober was found in what was named");
    }
    if (store_) startHashing(plan, geo->files);
    if (isatty(STDERR_FILENO) != 0) arguments_.replay.onProgress = showProgress;
    if (!plan.logs.empty()) {
      arguments_.replay.onRoutes = [this](view::RouteTable& table) { origins_ = originsOf(table); };
    }
    return store_ ? replayIntoStore(plan, geo->map) : replayInMemory(plan, geo->map);
  }

 private:
  static void showProgress(Time time) { fmt::print(stderr, "\r{}\033[K", formatTime(time)); }

  // What the map could not use hardly ever matters (codes that are no countries): the first says what kind it
  // is.
  static void tellFindings(const std::vector<geo::Finding>& findings) {
    if (findings.empty()) return;
    fmt::print(stderr, "{}{}\n", findings.front().describe(),
               findings.size() > 1 ? fmt::format("; and {} more of the map's", findings.size() - 1) : "");
  }

  void trouble(const Error& error) {
    constexpr uint64_t kMostTold = 100;
    if (++troubles_ <= kMostTold) complain(error);
    if (troubles_ == kMostTold + 1) fmt::print(stderr, "more of that kind is counted, and not told\n");
  }

  Result<void> openStore() {
    if (arguments_.store.empty()) {
      arguments_.replay.width = arguments_.width.value_or(BinWidth());
      return {};
    }
    auto opened = series::openStore(arguments_.store, arguments_.width);
    if (!opened) return std::unexpected(opened.error());
    store_ = std::move(*opened);
    arguments_.replay.width = store_->width();
    return {};
  }

  Result<ReplaySummary> replayInto(BinSink& sink, const InputPlan& plan, const geo::GeoMap& geo) {
    auto summary =
        app::replay(plan, geo, arguments_.replay, sink, [this](const Error& error) { trouble(error); });
    if (arguments_.replay.onProgress) fmt::print(stderr, "\r\033[K");
    return summary;
  }

  // The logs, once the routes are known.
  Result<void> replayLogsInto(series::Store& store, const InputPlan& plan, const geo::GeoMap& geo) {
    if (plan.logs.empty()) return {};
    auto summary = replayLogs(plan.logs, geo, origins_, arguments_.replay, store,
                              [this](const Error& error) { trouble(error); });
    if (arguments_.replay.onProgress) fmt::print(stderr, "\r\033[K");
    if (!summary) return std::unexpected(summary.error());
    logs_ = std::move(*summary);
    return {};
  }

  Result<int> replayInMemory(const InputPlan& plan, const geo::GeoMap& geo) {
    SeriesLog log(arguments_.replay.width, detect::Parameters().min_history);
    const auto summary = replayInto(log, plan, geo);
    if (!summary) return std::unexpected(summary.error());
    const Provenance provenance{summary->simulation, geoName_};
    if (plan.logs.empty()) return judge(log, *summary, provenance);
    const auto probes = series::openStore(":memory:", arguments_.replay.width);
    if (!probes) return std::unexpected(probes.error());
    if (const auto read = replayLogsInto(**probes, plan, geo); !read) return std::unexpected(read.error());
    StoreReader probed(**probes);
    JoinedReader both(log, probed);
    return judge(both, *summary,
                 {summary->simulation.empty() ? logs_.simulation : summary->simulation, geoName_});
  }

  Result<int> replayIntoStore(const InputPlan& plan, const geo::GeoMap& geo) {
    StoreSink sink(*store_);
    const auto summary = replayInto(sink, plan, geo);
    if (!summary) return std::unexpected(summary.error());
    if (const auto read = replayLogsInto(*store_, plan, geo); !read) return std::unexpected(read.error());
    if (const auto noted = noteSources(*summary); !noted) return std::unexpected(noted.error());
    const auto provenance = provenanceOf(*store_);
    if (!provenance) return std::unexpected(provenance.error());
    auto networks = store_->networks();  // of earlier runs too
    if (!networks) return std::unexpected(networks.error());
    networks_ = std::move(*networks);
    StoreReader reader(*store_);
    return judge(reader, *summary, *provenance);
  }

  void startHashing(const InputPlan& plan, const std::vector<std::string>& maps) {
    mapFiles_ = maps;
    std::vector<std::string> paths = maps;
    for (const InputFile& file : plan.files) paths.push_back(file.path);
    for (const InputLog& log : plan.logs) paths.push_back(log.path);
    hashes_.emplace(std::move(paths));
  }

  // How those stand that measured, and the hashes of what was read.
  std::vector<series::Note> notes(const ReplaySummary& summary) {
    std::vector<series::Note> notes;
    const auto add = [&](const char* kind, const std::string& path, const std::string& collector, Time at) {
      if (const auto hash = hashes_->of(path))
        notes.push_back(inputNote(kind, inputName(path), collector, at, *hash));
    };
    for (const CollectorStanding& standing : summary.standings) notes.push_back(collectorNote(standing));
    notes.insert(notes.end(), logs_.standings.begin(), logs_.standings.end());
    for (const FileRead& read : summary.files) add("input", read.file.path, read.file.collector, read.until);
    Time last = summary.until.value_or(Time());
    for (const LogRead& log : logs_.logs) {
      last = std::max(last, log.until.value_or(Time()));
      add("input", log.path, log.header.prober, log.until.value_or(log.header.begun));
    }
    for (const std::string& path : mapFiles_) add("map", path, "", last);
    return notes;
  }

  Result<void> noteSources(const ReplaySummary& summary) {
    if (const auto begun = store_->begin(); !begun) return begun;
    if (const auto kept = store_->putNetworks(networks_); !kept) return kept;
    if (const auto kept = store_->putNotes(notes(summary)); !kept) return kept;
    for (const FileRead& read : summary.files) {
      const series::Source source{inputName(read.file.path),
                                  read.file.collector,
                                  read.file.kind == InputKind::kRib ? "rib" : "updates",
                                  read.file.start,
                                  read.until,
                                  geoName_,
                                  summary.simulation,
                                  "nightjar " NIGHTJAR_VERSION};
      if (const auto added = store_->addSource(source); !added) return added;
    }
    for (const LogRead& log : logs_.logs) {
      const probe_log::Header& header = log.header;
      const series::Source source{inputName(log.path),
                                  header.prober,
                                  "probes",
                                  log.from.value_or(header.begun),
                                  log.until.value_or(header.begun),
                                  geoName_,
                                  header.simulation,
                                  "nightjar " NIGHTJAR_VERSION};
      if (const auto added = store_->addSource(source); !added) return added;
    }
    return store_->commit();
  }

  Result<int> judge(detect::SeriesReader& reader, const ReplaySummary& summary,
                    const Provenance& provenance) {
    detect::JudgeOptions options;
    options.rule = arguments_.rule;
    options.geo_source = provenance.geolocation;
    options.simulation = provenance.simulation;
    NamedReader named(reader, networks_);
    const auto report = detect::judge(named, options);
    if (!report) return std::unexpected(report.error());
    if (store_ && arguments_.rule == kKeptRule) {
      if (const auto kept = keepIncidents(*store_, *report); !kept) return std::unexpected(kept.error());
    }
    if (!arguments_.json) {
      if (const auto printed = writeOutput(describe(summary)); !printed)
        return std::unexpected(printed.error());
    }
    if (const auto printed = printReport(*report, arguments_.json); !printed)
      return std::unexpected(printed.error());
    return troubles_ == 0 ? kDone : kFailed;
  }

  std::string describeLogs() const {
    if (logs_.logs.empty()) return {};
    const std::vector<std::string>& names = logs_.probers;
    const std::string probers = names.size() == 1
                                    ? "the prober " + names.front()
                                    : fmt::format("{} probers ({})", names.size(), fmt::join(names, ", "));
    std::string text = fmt::format("Counted {} of {}, {}: {} probes.\n", counted(logs_.logs.size(), "log"),
                                   probers, counted(logs_.blocks, "block"), logs_.outcomes);
    if (logs_.from)
      text += fmt::format("They span {} to {}.\n", formatTime(*logs_.from), formatTime(*logs_.until));
    return text;
  }

  std::string describe(const ReplaySummary& summary) const {
    if (summary.files.empty()) return describeLogs() + "\n";
    return describeRoutes(summary) + describeLogs() + "\n";
  }

  std::string describeRoutes(const ReplaySummary& summary) const {
    std::string text =
        fmt::format("Replayed {} of {}, {}: {} RIB routes, {} announcements, {} withdrawals.\n",
                    counted(summary.files.size(), "file"), counted(summary.collectors, "collector"),
                    counted(summary.peers, "peer"), summary.totals.ribRoutes, summary.totals.announcements,
                    summary.totals.withdrawals);
    if (!summary.from) {
      return text +
             "No bin could be counted: no peer's whole table is on record. Name a RIB dump that precedes the "
             "updates.\n";
    }
    text += fmt::format(
        "Counted {} of {}: {} to {}.\n"
        "At the end: {} of {} full-feed peers and {} visible prefixes in IPv4, {} of {} and {} in IPv6.\n",
        counted(summary.bins, "bin"), formatDuration(arguments_.replay.width.length()),
        formatTime(*summary.from), formatTime(*summary.until), summary.fullFeedPeers[0],
        summary.expectedPeers[0], summary.visiblePrefixes[0], summary.fullFeedPeers[1],
        summary.expectedPeers[1], summary.visiblePrefixes[1]);
    if (summary.droppedEvents > 0) {
      text +=
          fmt::format("{} events were dropped: more routes than a table may hold.\n", summary.droppedEvents);
    }
    return text;
  }

  Arguments arguments_;
  std::string geoName_;
  std::vector<std::string> mapFiles_;
  std::optional<InputHashes> hashes_;
  targets::Origins origins_;
  LogsSummary logs_;
  std::vector<series::NetworkName> networks_;
  std::unique_ptr<series::Store> store_;
  uint64_t troubles_ = 0;
};

}  // namespace

int replayCommand(int argc, char** argv) {
  return runWith(parse(argc, argv),
                 [](Arguments arguments) { return ReplayRun(std::move(arguments)).run(); });
}

}  // namespace nightjar::app
