#include "app/probe_run.h"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "app/command.h"
#include "app/input_hash.h"
#include "app/log_playback.h"
#include "app/probe_logs.h"
#include "app/probe_recorder.h"
#include "app/prober.h"
#include "app/source_notes.h"
#include "probing/link/privileges.h"
#include "probing/link/raw_network.h"
#include "probing/log/state_file.h"
#include "series/signals.h"

namespace nightjar::app {
namespace {

volatile std::sig_atomic_t endWanted = 0;
volatile std::sig_atomic_t reloadWanted = 0;

void onSignal(int signal) {
  if (signal == SIGHUP) {
    reloadWanted = 1;
  } else {
    endWanted = 1;
  }
}

void catchSignals() {
  struct sigaction action {};
  action.sa_handler = onSignal;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

// Windows of the uplink's watch: short enough that a further probe of a block does not wait for long.
std::chrono::microseconds uplinkWindow(Seconds round) {
  return std::clamp<std::chrono::microseconds>(std::chrono::microseconds(round) / 240,
                                               std::chrono::milliseconds(500),
                                               std::chrono::milliseconds(2500));
}

// The user whose folder the results go into: what a prober that was started by root becomes. A folder of
// root's keeps the name, without any capability.
link::Identity identityFor(const ProbeArguments& arguments) {
  std::error_code ignored;
  std::filesystem::path folder =
      std::filesystem::absolute(arguments.log.empty() ? arguments.store : arguments.log);
  while (folder.has_relative_path() && !std::filesystem::is_directory(folder, ignored)) {
    folder = folder.parent_path();
  }
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return link::unprivilegedIdentity();
  return {status.st_uid, status.st_gid};
}

class ProbeRun final : public ProbeRecord {
 public:
  ProbeRun(const ProbeArguments& arguments, const ProbePlan& plan) : arguments_(arguments), plan_(plan) {}

  Result<int> run() {
    if (const auto opened = openNetwork(); !opened) return std::unexpected(opened.error());
    if (const auto opened = openOutputs(); !opened) return std::unexpected(opened.error());
    if (const auto prepared = prepareEngine(); !prepared) return std::unexpected(prepared.error());
    Prober prober(*network_, *engine_, *instrument_, *vantage_, *this, proberOptions(), tell);
    const auto probed = probe(prober);
    return finish(prober, probed);
  }

  // ProbeRecord
  void settled(Time from, Time until, std::vector<blocks::Outcome> outcomes) override {
    recorder_->put({from, until, std::move(outcomes)});
  }
  bool wantsState(Time from) override {
    if (!logs_) return false;
    // A log that lacks outcomes goes on from the state as it is, once there is room for it.
    const ProbeRecorder::Totals totals = recorder_->totals();
    const bool torn = totals.dropped > dropped_ && !totals.behind;
    if (!torn && logs_->fileAt(from) == logWithState_) return false;
    if (torn) dropped_ = totals.dropped;
    logWithState_ = logs_->fileAt(from);
    return true;
  }
  void state(Time at, std::vector<uint8_t> piece) override { recorder_->put(std::move(piece), at); }

 private:
  static void tell(const std::string& what) {
    fmt::print(stderr, "{} {}\n", formatTime(std::chrono::floor<Seconds>(std::chrono::system_clock::now())),
               what);
  }

  Result<void> openNetwork() {
    link::RawOptions options;
    options.rate = arguments_.rate;
    options.text = arguments_.payload;
    options.egress.interface = arguments_.interface;
    auto network = link::RawNetwork::open(options);
    if (!network) return std::unexpected(network.error());
    network_ = std::move(*network);
    return link::dropPrivileges(identityFor(arguments_));
  }

  Result<void> openOutputs() {
    begun_ = network_->now();
    if (!arguments_.store.empty()) {
      auto store = series::openStore(arguments_.store, arguments_.width);
      if (!store) return std::unexpected(store.error());
      store_ = std::move(*store);
      if (const auto noted = noteSource(begun_); !noted) return noted;
      if (const auto noted = noteMaps(); !noted) return noted;
      if (const auto kept = store_->putNetworks(plan_.networks); !kept) return kept;
    }
    if (arguments_.log.empty()) return {};
    logs_.emplace(
        arguments_.log,
        probe_log::Header{arguments_.prober, "nightjar " NIGHTJAR_VERSION, "", begun_, {}, arguments_.round});
    toRecover_ = logs_->toRecover(begun_);
    const auto log = logs_->at(begun_);
    if (!log) return std::unexpected(log.error());
    if (const auto torn = (*log)->tornAt()) {
      tell(fmt::format("the log was cut off at byte {}, within what had not been acknowledged", *torn));
    }
    return {};
  }

  Result<void> noteSource(Time until) {
    return store_->addSource({arguments_.prober, arguments_.prober, "probes", begun_, until, plan_.geo.name(),
                              "", "nightjar " NIGHTJAR_VERSION});
  }

  Result<void> noteMaps() {
    std::vector<series::Note> notes;
    for (const std::string& path : plan_.geoFiles) {
      const auto hash = hashFile(path);
      const std::string name = std::filesystem::path(path).filename().string();
      if (hash) notes.push_back(inputNote("map", name, "", begun_, *hash));
    }
    return store_->putNotes(notes);
  }

  blocks::Parameters parameters() const {
    blocks::Parameters parameters;
    parameters.round = arguments_.round;
    // A probe's silence counts once the uplink has been judged.
    constexpr auto kMargin = std::chrono::milliseconds(500);
    parameters.wait = arguments_.wait + 2 * uplinkWindow(arguments_.round) + kMargin;
    parameters.scan = arguments_.scan;
    return parameters;
  }

  ProberOptions proberOptions() const {
    ProberOptions options;
    options.method = arguments_.method;
    options.port = arguments_.port;
    options.round = arguments_.round;
    options.uplink.window = uplinkWindow(arguments_.round);
    options.uplink.wait = arguments_.wait;
    options.references = arguments_.references;
    // No more at a time than goes out within a few milliseconds.
    options.batch = std::clamp<size_t>(static_cast<size_t>(arguments_.rate / 50), 1, 256);
    return options;
  }

  Result<void> prepareEngine() {
    engine_.emplace(parameters());
    engine_->reserve(static_cast<uint32_t>(plan_.selection.blocks.size()));
    for (const uint32_t block : plan_.selection.blocks) {
      const auto known = plan_.list.histories.find(block);
      blocks::History history;
      if (known != plan_.list.histories.end()) {
        history = {known->second.active, known->second.availability()};
      }
      const auto added = engine_->add({Address::ipv4(block << 8), 24},
                                      known == plan_.list.histories.end() ? nullptr : &history);
      if (!added) return added;
    }
    if (const auto added = engine_->addListed(plan_.selection.hosts6); !added) return added;
    recorder_.emplace(logs_ ? [this](Time time) { return logs_->at(time); } : ProbeRecorder::LogOf(),
                      store_.get());
    if (const auto found = findLastBin(); !found) return found;
    instrument_.emplace(
        plan_.geo, [this](const Address& address) { return plan_.origins.of(address); },
        store_ ? store_->width() : arguments_.width.value_or(BinWidth()),
        [this](Bin bin, std::span<const tally::EntitySample> samples) -> Result<void> {
          // What a recovery counts again is in the store, except what the end cut short.
          if (!lastBin_ || bin >= *lastBin_)
            recorder_->put(ClosedProbeBin{bin, {samples.begin(), samples.end()}, standingAt(bin)});
          return {};
        });
    vantage_ = &instrument_->join(*engine_);
    return recover();
  }

  series::Note standingAt(Bin bin) const {
    const BinWidth width = store_ ? store_->width() : arguments_.width.value_or(BinWidth());
    return proberNote(arguments_.prober, bin.end(width), vantage_->lastUplink(), vantage_->lastReferences());
  }

  Result<void> findLastBin() {
    if (!store_) return {};
    const auto known = store_->list({.signal = series::Signal(series::kUp24)});
    if (!known) return std::unexpected(known.error());
    for (const series::SeriesInfo& info : *known)
      lastBin_ = std::max(lastBin_.value_or(info.last), info.last);
    return {};
  }

  // What earlier runs have learnt.
  Result<void> recover() {
    LogPlayback logs(toRecover_, {*engine_, *vantage_, blocks::Engine::Intake::kKnown}, std::nullopt,
                     complain);
    if (const auto played = play(std::span(&logs, 1), *instrument_); !played) return played;
    uint64_t outcomes = 0;
    for (const LogRead& read : logs.reads()) outcomes += read.outcomes;
    if (outcomes > 0) tell(fmt::format("recovered from {} outcomes of the log", outcomes));
    std::error_code ignored;
    if (!toRecover_.empty() || arguments_.state.empty() ||
        !std::filesystem::exists(arguments_.state, ignored)) {
      return {};
    }
    if (const auto loaded = probe_log::loadState(*engine_, arguments_.state); !loaded) return loaded;
    tell(fmt::format("recovered the state of {}", arguments_.state));
    return {};
  }

  Result<void> probe(Prober& prober) {
    catchSignals();
    const Time end = arguments_.duration ? begun_ + *arguments_.duration : Time::max();
    Time second = begun_;
    Time saved = begun_;
    while (endWanted == 0 && network_->now() < end) {
      if (const auto turned = prober.turn(); !turned) return turned;
      const Time now = network_->now();
      if (now >= second && now - second < std::chrono::seconds(1) && reloadWanted == 0) continue;
      second = now;
      mindTheOptOut(prober);
      constexpr auto kStateEvery = std::chrono::minutes(5);
      if (!arguments_.state.empty() && std::chrono::abs(now - saved) >= kStateEvery) {
        saved = now;
        if (const auto kept = probe_log::saveState(*engine_, arguments_.state); !kept) complain(kept.error());
      }
    }
    return {};
  }

  void mindTheOptOut(Prober& prober) {
    const bool always = reloadWanted != 0;
    reloadWanted = 0;
    if (optOut_.path().empty() || !optOut_.reload(always, complain)) return;
    prober.exclude(targets::Exclusions(optOut_.prefixes()));
    tell(fmt::format("{} was read again: {} prefixes are not probed", optOut_.path(),
                     optOut_.prefixes().size()));
  }

  Result<int> finish(Prober& prober, const Result<void>& probed) {
    const auto flushed = prober.finish();
    const auto closed = instrument_->finish();
    const auto written = recorder_->finish();
    int status = kDone;
    const auto check = [&status](const Result<void>& step) {
      if (step) return;
      complain(step.error());
      status = kFailed;
    };
    check(probed);
    check(flushed);
    check(closed);
    check(written);
    if (!arguments_.state.empty()) check(probe_log::saveState(*engine_, arguments_.state));
    const Time end = network_->now();
    if (store_) check(noteSource(end));
    check(writeOutput(arguments_.json ? asJson(prober, end) : asText(prober, end)));
    return status;
  }

  struct Standings {
    uint64_t up = 0, down = 0, unknown = 0, sparse = 0, learning = 0;
  };
  Standings standings() const {
    Standings all;
    for (uint32_t index = 0; index < engine_->size(); ++index) {
      const blocks::Status status = engine_->status(index);
      if (status.standing == blocks::Standing::kSparse) {
        ++all.sparse;
      } else if (status.standing == blocks::Standing::kLearning) {
        ++all.learning;
      } else {
        ++(status.state == blocks::State::kUp     ? all.up
           : status.state == blocks::State::kDown ? all.down
                                                  : all.unknown);
      }
    }
    return all;
  }

  std::string asText(const Prober& prober, Time end) const {
    const Standings all = standings();
    const ProberTotals& totals = prober.totals();
    return fmt::format(
        "Probed {} blocks from {} to {}: {} probes, {} replies, {} unreachable, {} silent.\n"
        "At the end {} blocks were up, {} down, {} in between; {} are sparse, {} not learnt yet.\n",
        engine_->size(), formatTime(begun_), formatTime(end), totals.sent, totals.replies, totals.unreachable,
        totals.silences, all.up, all.down, all.unknown, all.sparse, all.learning);
  }

  static const char* word(blocks::State state) {
    return state == blocks::State::kUp ? "up" : state == blocks::State::kDown ? "down" : "unknown";
  }
  static const char* word(blocks::Standing standing) {
    return standing == blocks::Standing::kTrusted  ? "trusted"
           : standing == blocks::Standing::kSparse ? "sparse"
                                                   : "learning";
  }

  std::string asJson(const Prober& prober, Time end) const {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
    const auto text = [&json](const char* key, const std::string& value) {
      json.Key(key);
      json.String(value.c_str(), static_cast<rapidjson::SizeType>(value.size()));
    };
    const auto number = [&json](const char* key, uint64_t value) {
      json.Key(key);
      json.Uint64(value);
    };
    const ProberTotals& totals = prober.totals();
    const link::Counters counters = network_->counters();
    json.StartObject();
    text("prober", arguments_.prober);
    text("from", formatTime(begun_));
    text("until", formatTime(end));
    json.Key("totals");
    json.StartObject();
    number("sent", totals.sent);
    number("replies", totals.replies);
    number("unreachable", totals.unreachable);
    number("silences", totals.silences);
    number("withheld", totals.withheld);
    number("refused", totals.refused);
    number("refrained", totals.refrained);
    number("ignored", totals.ignored);
    number("uplink_failed_windows", totals.failedWindows);
    number("foreign", counters.foreign);
    number("duplicates", counters.duplicates);
    number("lost_by_kernel", counters.lostByKernel);
    number("skipped_turns", engine_->counters().skipped);
    number("not_recorded", recorder_->totals().dropped);
    json.EndObject();
    json.Key("blocks");
    json.StartArray();
    for (uint32_t index = 0; index < engine_->size(); ++index) {
      const blocks::Status status = engine_->status(index);
      json.StartObject();
      text("block", status.prefix.text());
      text("state", word(status.state));
      text("since", formatTime(status.since));
      text("standing", word(status.standing));
      number("ever_active", status.everActive);
      json.Key("availability");
      json.Double(status.availability);
      json.Key("belief");
      json.Double(status.belief);
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
  }

  const ProbeArguments& arguments_;
  const ProbePlan& plan_;
  OptOutFile optOut_{plan_.optOut};
  std::unique_ptr<link::RawNetwork> network_;
  Time begun_;
  std::unique_ptr<series::Store> store_;
  std::optional<Bin> lastBin_;  // that the store had at the start
  std::optional<ProbeLogs> logs_;
  std::vector<std::string> toRecover_;
  std::string logWithState_;
  uint64_t dropped_ = 0;  // of the recorder, when the state was last written
  std::optional<blocks::Engine> engine_;
  std::optional<ProbeRecorder> recorder_;
  std::optional<tally::Instrument> instrument_;
  tally::Vantage* vantage_ = nullptr;  // of instrument_
};

}  // namespace

Result<int> runProber(const ProbeArguments& arguments, const ProbePlan& plan) {
  return ProbeRun(arguments, plan).run();
}

}  // namespace nightjar::app
