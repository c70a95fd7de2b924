#include "app/detect_command.h"

#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <optional>
#include <string>
#include <thread>

#include "app/command.h"
#include "app/judge_output.h"
#include "app/names.h"
#include "app/options.h"
#include "app/parallel_places.h"
#include "app/series_store.h"
#include "detect/rule.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    R"(Usage: nightjar detect [OPTION]... --store FILE [ENTITY]
Judges the series of a store anew, keeps the incidents in it, and prints them.

  --store FILE   the store
  --rule NAME    nightjar (default), ioda, chocolatine, richter or sigma; only incidents of `nightjar` are
                 kept
  --threads N    so many judge side by side; default: as many as the machine has. The result is the same
  --json         one JSON document instead of a table
  ENTITY         only this place and what belongs to it: KZ, KZ-ALA, AS9198, AS9198@KZ. Nothing is kept then
)";

struct Arguments {
  std::string store;
  detect::JudgeOptions options;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool json = false;
};

std::expected<Arguments, int> parse(int argc, char** argv) {
  static const option kOptions[] = {
      {"store", required_argument, nullptr, 's'},   {"rule", required_argument, nullptr, 'r'},
      {"threads", required_argument, nullptr, 't'}, {"json", no_argument, nullptr, 'j'},
      {"help", no_argument, nullptr, 'h'},          {}};
  Arguments arguments;
  OptionReader reader(argv[0]);
  for (int opt; (opt = getopt_long(argc, argv, "h", kOptions, nullptr)) != -1;) {
    switch (opt) {
      case 's':
        arguments.store = optarg;
        break;
      case 'r':
        arguments.options.rule = optarg;
        break;
      case 't':
        reader.read(arguments.threads, readCount(optarg, 1, 64));
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
  if (const auto rule = detect::makeRule(arguments.options.rule); !rule) reader.refuse(rule.error());
  reader.requireStore(arguments.store);
  reader.readEntity(arguments.options.entity, argc, argv);
  if (reader.status() != kDone) return std::unexpected(reader.status());
  return arguments;
}

Result<int> run(Arguments arguments) {
  const bool keeps = !arguments.options.entity && arguments.options.rule == kKeptRule;
  // The file must exist: judging nothing is a mistake in the name.
  auto store = series::openStoreForReading(arguments.store);
  if (store && keeps) {
    store->reset();
    store = series::openStore(arguments.store);
  }
  if (!store) return std::unexpected(store.error());
  const auto provenance = provenanceOf(**store);
  if (!provenance) return std::unexpected(provenance.error());
  arguments.options.geo_source = provenance->geolocation;
  arguments.options.simulation = provenance->simulation;
  const auto networks = (*store)->networks();
  if (!networks) return std::unexpected(networks.error());
  StoreReader series(**store);
  NamedReader reader(series, *networks);
  ParallelPlaces places(
      [&]() -> Result<std::unique_ptr<detect::SeriesReader>> {
        auto own = series::openStoreForReading(arguments.store);
        if (!own) return std::unexpected(own.error());
        return std::make_unique<OwnStoreReader>(std::move(*own));
      },
      arguments.options, arguments.threads);
  const auto report = detect::judge(reader, arguments.options, places);
  if (!report) return std::unexpected(report.error());
  if (keeps) {
    if (const auto kept = keepIncidents(**store, *report); !kept) return std::unexpected(kept.error());
  }
  return doneOr(printReport(*report, arguments.json));
}

}  // namespace

int detectCommand(int argc, char** argv) {
  return runWith(parse(argc, argv), run);
}

}  // namespace nightjar::app
