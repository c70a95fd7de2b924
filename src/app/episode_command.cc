#include "app/episode_command.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "app/command.h"
#include "app/options.h"
#include "episode/build.h"
#include "episode/facts.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    "Usage: nightjar episode FILE.toml -o FOLDER\n"
    "Builds route archives, and the log of a prober, from a file of facts about a blackout "
    "(docs/episodes.md).\n"
    "It is a simulation, and says so in the archives and beside them. The same file gives the same bytes.\n"
    "\n"
    "  -o, --output FOLDER   where to; must not exist or be empty\n"
    "  -h, --help            this text\n"
    "\n"
    "FOLDER gets one folder per collector, the prober's log, and geo.csv, networks.csv, README.txt, "
    "episode.json.\n"
    "Then:\n"
    "  nightjar replay --geo FOLDER/geo.csv FOLDER\n";

Result<std::string> readText(const std::string& path) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rbe"), close);
  if (!file) return failIn(path, {ErrorKind::kIo, std::strerror(errno)});
  std::string text(episode::kMaxFileSize + 1, '\0');  // one byte too many is enough to be refused
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return failIn(path, {ErrorKind::kIo, std::strerror(errno)});
  return text;
}

Result<void> build(const std::string& path, const std::string& folder) {
  const auto text = readText(path);
  if (!text) return std::unexpected(text.error());
  const auto facts = episode::parseFacts(*text);
  if (!facts) return failIn(path, facts.error());
  const auto report = episode::buildEpisode(*facts, folder);
  if (!report) return failIn(path, report.error());
  std::string probing;
  if (facts->prober) {
    probing =
        fmt::format("{}/{}: {} probes of {} /24s by a made-up prober in {}, {:.1f} MB\n", folder,
                    episode::probingLogName(*facts->prober), report->probing.probes, report->probing.blocks,
                    facts->prober->from, static_cast<double>(report->probing.bytes) / 1e6);
  }
  return writeOutput(fmt::format("{}: {}\n{} (not a measurement): {} prefixes of {} networks, {} to {}\n"
                                 "{}: {} files, {} MRT records, {:.1f} MB\n",
                                 facts->name, facts->title, episode::viewName(*facts), report->prefixes,
                                 report->networks, formatTime(facts->from), formatTime(facts->until), folder,
                                 report->archives.files, report->archives.records,
                                 static_cast<double>(report->archives.bytes) / 1e6) +
                     probing);
}

}  // namespace

int episodeCommand(int argc, char** argv) {
  std::string folder;
  Options options(argv[0], kHelp);
  options.text("o", folder);
  options.text("output", folder);
  const auto operands = options.read(argc, argv);
  if (operands.size() != 1) options.refuse("name one episode file");
  if (folder.empty()) options.refuse("say with -o where the archives go");
  return runWith(options.result(folder),
                 [&](const std::string& chosen) { return doneOr(build(operands.front(), chosen)); });
}

}  // namespace nightjar::app
