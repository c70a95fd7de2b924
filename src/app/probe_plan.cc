#include "app/probe_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/command.h"
#include "app/networks_file.h"
#include "app/origins.h"
#include "geo/load.h"

namespace nightjar::app {
namespace {

// Enough for each IPv4 address that was ever seen to answer.
constexpr size_t kMostListBytes = size_t{4} << 30;

Result<void> readLists(const ProbeArguments& arguments, targets::TargetList& list) {
  list = arguments.targets;
  for (const std::string& path : arguments.lists) {
    const auto text = readWhole(path, kMostListBytes);
    if (!text) return std::unexpected(text.error());
    list.findings = {};
    if (const auto read = targets::readTargets(*text, path, list); !read) return read;
    for (const Error& error : list.findings.told) complain(error);
    if (list.findings.count > list.findings.told.size()) {
      fmt::print(stderr, "{}: {} more rows cannot be read; the others count\n", path,
                 list.findings.count - list.findings.told.size());
    }
  }
  return {};
}

// A map is needed to find places, and to name those of the results.
Result<geo::Loaded> readGeo(const ProbeArguments& arguments) {
  auto loaded = geo::load(arguments.geo);
  if (loaded) return loaded;
  const bool wanted = !arguments.geo.empty() || !arguments.places.empty();
  if (wanted) return std::unexpected(loaded.error());
  complain(loaded.error());
  fmt::print(stderr, "without a map, results are by network alone: name one with --geo FILE\n");
  return geo::Loaded();
}

std::string_view describeMethod(blocks::Method method) {
  switch (method) {
    case blocks::Method::kIcmpEcho:
      return "an ICMP echo request";
    case blocks::Method::kTcpSyn:
      return "a TCP SYN";
    case blocks::Method::kUdpDns:
      break;
  }
  return "a DNS query over UDP";
}

std::string describeBlock(const ProbePlan& plan, uint32_t block) {
  const Address address = Address::ipv4(block << 8);
  const geo::Place& place = plan.geo.place(plan.geo.placeOf(address));
  const Asn origin = plan.origins.of(address);
  return fmt::format("  {}  {}{}\n", Prefix{address, 24}.text(),
                     place.country.empty()  ? "??"
                     : place.region.empty() ? place.country
                                            : place.region,
                     origin == Asn{} ? "" : fmt::format("  AS{}", origin.number));
}

}  // namespace

Result<ProbePlan> planProbing(const ProbeArguments& arguments) {
  ProbePlan plan;
  auto geo = readGeo(arguments);
  if (!geo) return std::unexpected(geo.error());
  plan.geo = std::move(geo->map);
  plan.geoFiles = std::move(geo->files);
  if (!arguments.ribs.empty()) {
    auto origins = readOrigins(arguments.ribs);
    if (!origins) return std::unexpected(origins.error());
    plan.origins = std::move(*origins);
  }
  auto networks = loadNetworks(arguments.networks, {});
  if (!networks) return std::unexpected(networks.error());
  plan.networks = std::move(*networks);
  if (!arguments.optOut.empty()) {
    plan.optOut = OptOutFile(arguments.optOut);
    if (const auto read = plan.optOut.load(); !read) return std::unexpected(read.error());
    plan.exclusions = targets::Exclusions(plan.optOut.prefixes());
  }
  if (const auto read = readLists(arguments, plan.list); !read) return std::unexpected(read.error());
  auto selection = targets::select(plan.list, arguments.places, plan.geo, plan.origins.ipv4, plan.exclusions);
  if (!selection) return std::unexpected(selection.error());
  plan.selection = std::move(*selection);
  if (plan.empty()) {
    return fail(ErrorKind::kUsage, fmt::format("nothing is left to be probed: {} targets are special-purpose "
                                               "space, {} opted out",
                                               plan.selection.special, plan.selection.optedOut));
  }
  return plan;
}

std::string describePlan(const ProbePlan& plan, const ProbeArguments& arguments, bool all) {
  constexpr size_t kSample = 10;
  const targets::Selection& selection = plan.selection;
  const auto seconds = static_cast<double>(arguments.round.count());
  const double rate = static_cast<double>(selection.blocks.size() + selection.hosts6.size()) / seconds;
  std::string text = fmt::format(
      "{} /24s and {} IPv6 addresses would be asked every {}, each with {} that says \"{}\":\n"
      "at least {:.1f} probes a second, and {} at most. A /24 gets 15 probes a round at most, and fewer than "
      "20 in six rounds on average.\n",
      selection.blocks.size(), selection.hosts6.size(), formatDuration(arguments.round),
      describeMethod(arguments.method), arguments.payload, rate, arguments.rate);
  text += fmt::format("Left out: {} of special-purpose space, {} that opted out.\n", selection.special,
                      selection.optedOut);
  const size_t shown = all ? selection.blocks.size() : std::min(kSample, selection.blocks.size());
  for (size_t i = 0; i < shown; ++i) text += describeBlock(plan, selection.blocks[i]);
  if (shown < selection.blocks.size()) {
    text += fmt::format("  and {} more /24s (--all shows them)\n", selection.blocks.size() - shown);
  }
  for (size_t i = 0; i < (all ? selection.hosts6.size() : std::min(kSample, selection.hosts6.size())); ++i) {
    text += fmt::format("  {}\n", selection.hosts6[i].text());
  }
  return text;
}

}  // namespace nightjar::app
