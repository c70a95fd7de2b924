#include "app/episode_command.h"

#include <fmt/format.h>
#include <getopt.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "app/command.h"
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
  static const option kOptions[] = {
      {"output", required_argument, nullptr, 'o'}, {"help", no_argument, nullptr, 'h'}, {}};
  std::string folder;
  for (int opt; (opt = getopt_long(argc, argv, "o:h", kOptions, nullptr)) != -1;) {
    if (opt == 'h') {
      fmt::print("{}", kHelp);
      return kDone;
    }
    if (opt != 'o') return wrongUsage(argv[0]);
    folder = optarg;
  }
  if (optind + 1 != argc) return wrongUsage(argv[0], "name one episode file");
  if (folder.empty()) return wrongUsage(argv[0], "say with -o where the archives go");
  if (auto built = build(argv[optind], folder); !built) {
    complain(built.error());
    return kFailed;
  }
  return kDone;
}

}  // namespace nightjar::app
