// An episode file as a whole: which tables it has.
#include <fmt/format.h>

#include "episode/collector_reader.h"
#include "episode/event_reader.h"
#include "episode/facts.h"
#include "episode/network_reader.h"
#include "episode/probing_reader.h"
#include "episode/shared_keys.h"
#include "episode/table_reader.h"

namespace nightjar::episode {
namespace {

Noise readNoise(TableReader& reader) {
  Noise noise;
  noise.pathChanges = reader.number("path_changes", 0, 1'000'000);
  noise.flaps = reader.number("flaps", 0, 1'000'000);
  noise.flapDown = reader.duration("flap_down", noise.flapDown);
  return noise;
}

Facts readFacts(const toml::table& root, ErrorSlot& errors) {
  Facts facts;
  TableReader reader(root, "", errors);
  reader.require({"episode", "sources", "collector", "network"});
  reader.table("episode", [&](TableReader& episode) {
    episode.require({"name", "title", "seed", "from", "until"});
    facts.name = readFolderName(episode);
    facts.title = episode.text("title");
    facts.about = episode.text("about", 4000);
    facts.seed = episode.number("seed", 0, 0xffffffff);
    facts.from = episode.time("from");
    facts.until = episode.time("until");
  });
  reader.table("sources", [&](TableReader& sources) {
    sources.all([&](std::string_view key, const toml::node& node) {
      const auto citation = node.value_exact<std::string>();
      if (!citation || citation->empty() || citation->size() > 2000) {
        sources.complain(node, key, "must be a citation: a text of at most 2000 bytes");
      }
      facts.sources.emplace(key, citation.value_or(""));
    });
  });
  reader.table("noise", [&](TableReader& noise) { facts.noise = readNoise(noise); });
  reader.tables("collector", kMaxCollectors,
                [&](TableReader& table) { facts.collectors.push_back(readCollector(table)); });
  reader.tables("network", kMaxNetworks,
                [&](TableReader& table) { facts.networks.push_back(readNetwork(table)); });
  reader.tables("group", kMaxGroups, [&](TableReader& table) { facts.groups.push_back(readGroup(table)); });
  reader.tables("hosts", kMaxHosts, [&](TableReader& table) { facts.hosts.push_back(readHosts(table)); });
  reader.table("prober", [&](TableReader& table) { facts.prober = readProber(table); });
  reader.tables("event", kMaxEvents, [&](TableReader& table) { readEvents(table, facts.events); });
  reader.finish();
  return facts;
}

}  // namespace

Result<Facts> parseFacts(std::string_view text) {
  if (text.size() > kMaxFileSize) {
    return fail(ErrorKind::kLimit, fmt::format("an episode file has at most {} bytes", kMaxFileSize));
  }
  try {
    const toml::table root = toml::parse(text);
    ErrorSlot errors;
    Facts facts = readFacts(root, errors);
    if (errors.isSet()) return std::unexpected(errors.error());
    if (auto checked = checkFacts(facts); !checked) return std::unexpected(checked.error());
    return facts;
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::kInvalid, fmt::format("line {}, column {}: {}", error.source().begin.line,
                                                 error.source().begin.column, error.description()));
  } catch (const std::exception& error) {  // an allocation that failed
    return fail(ErrorKind::kLimit, error.what());
  }
}

}  // namespace nightjar::episode
