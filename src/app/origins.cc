#include "app/origins.h"

#include <array>
#include <bit>
#include <tuple>

#include "app/command.h"
#include "app/replay.h"
#include "geo/geo_map.h"

namespace nightjar::app {
namespace {

class NoSink : public BinSink {
 public:
  Result<void> take(const view::ClosedBin&, const view::Counters&) override { return {}; }
  Result<void> finish() override { return {}; }
};

int peersOf(const view::RouteTable& table, view::RouteIndex route) {
  int peers = 0;
  for (const uint64_t word : table.bits(route)) peers += std::popcount(word);
  return peers;
}

Asn originOf(view::RouteTable& table, const view::PrefixEntry& entry) {
  Asn origin;
  std::tuple<int, bool> best{-1, false};
  for (view::RouteIndex index = entry.firstRoute; index != view::kNone; index = table.route(index).next) {
    const view::Route& route = table.route(index);
    const std::tuple score{peersOf(table, index), static_cast<bool>(route.everVisible)};
    if (score > best) {
      best = score;
      origin = route.origin;
    }
  }
  return origin;
}

}  // namespace

targets::Origins originsOf(view::RouteTable& table) {
  std::array<std::vector<targets::OriginMap::Route>, 2> routes;  // by family
  for (view::PrefixIndex index = 0; index < table.prefixCount(); ++index) {
    const view::PrefixEntry& entry = table.prefix(index);
    const Asn origin = originOf(table, entry);
    if (origin == Asn{}) continue;
    routes[entry.key.family() == Family::kIpv6].push_back(
        {entry.key.firstUnit(), entry.key.length(), origin});
  }
  return {targets::OriginMap(Family::kIpv4, std::move(routes[0])),
          targets::OriginMap(Family::kIpv6, std::move(routes[1]))};
}

Result<targets::Origins> readOrigins(const std::vector<std::string>& paths) {
  const InputPlan plan = planInputs(paths);
  for (const Error& error : plan.errors) complain(error);
  if (plan.files.empty()) return fail(ErrorKind::kIo, "no archive of routes was found in what was named");
  targets::Origins origins;
  ReplayOptions options;
  options.onRoutes = [&origins](view::RouteTable& table) { origins = originsOf(table); };
  NoSink sink;
  const geo::GeoMap nowhere;
  const auto replayed = replay(plan, nowhere, options, sink, complain);
  if (!replayed) return std::unexpected(replayed.error());
  return origins;
}

}  // namespace nightjar::app
