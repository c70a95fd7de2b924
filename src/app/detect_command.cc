#include "app/detect_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <thread>

#include "app/batch_reader.h"
#include "app/command.h"
#include "app/judge_output.h"
#include "app/machine_memory.h"
#include "app/names.h"
#include "app/options.h"
#include "app/parallel_places.h"
#include "app/series_store.h"
#include "detect/rule/rule.h"

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
  Arguments arguments;
  Options options(argv[0], kHelp);
  options.text("store", arguments.store);
  options.text("rule", arguments.options.rule);
  options.value("threads", arguments.threads, readThreads);
  options.flag("json", arguments.json);
  const auto operands = options.read(argc, argv);
  if (const auto rule = detect::makeRule(arguments.options.rule); !rule) options.refuse(rule.error());
  options.requireStore(arguments.store);
  options.entity(arguments.options.entity, operands);
  return options.result(std::move(arguments));
}

uint64_t sizeOf(const std::string& file) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  return failed ? 0 : size;
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
  const size_t most_bytes = StoreReader::mostBytesFor(sizeOf(arguments.store), memoryToTake());
  StoreReader series(**store, most_bytes);
  NamedReader reader(series, *networks);
  const auto beside = series::openStoreForReading(arguments.store);  // read by the threads
  if (!beside) return std::unexpected(beside.error());
  BatchReader batches(**beside, most_bytes);
  ParallelPlaces places([&](auto some) { return batches.read(some); }, arguments.options, arguments.threads);
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
