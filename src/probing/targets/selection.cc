#include "probing/targets/selection.h"

#include <fmt/format.h>

#include <algorithm>

namespace nightjar::targets {
namespace {

// Collects the blocks of places.
class Places {
 public:
  Places(const geo::GeoMap& geo, const OriginMap& origins, std::vector<uint32_t>& blocks)
      : geo_(geo), origins_(origins), blocks_(blocks) {}

  Result<void> add(const Entity& entity) {
    const size_t before = blocks_.size();
    if (entity.asn()) {
      if (origins_.empty()) {
        return fail(ErrorKind::kUsage,
                    fmt::format("which blocks are {}'s is told by routes: name a dump with --rib FILE",
                                entity.code()));
      }
      addNetwork(*entity.asn(), entity.countryCode());
    } else if (entity.kind() == EntityKind::kSite) {
      return fail(ErrorKind::kUsage, fmt::format("{} is no place to be probed", entity.code()));
    } else {
      addPlace(entity);
    }
    if (blocks_.size() > before) return {};
    return fail(ErrorKind::kUsage, fmt::format("no /24 of {} is known", entity.code()));
  }

 private:
  void addNetwork(Asn asn, std::string_view country) {
    for (const OriginRange& range : origins_.ranges()) {
      if (range.origin != asn) continue;
      for (uint64_t block = range.first; block <= range.last; ++block) {
        if (country.empty() || geo_.place(geo_.placeOfUnit(Family::kIpv4, block)).country == country) {
          blocks_.push_back(static_cast<uint32_t>(block));
        }
      }
    }
  }

  void addPlace(const Entity& entity) {
    const bool region = entity.kind() == EntityKind::kRegion;
    for (const geo::Range& range : geo_.ranges(Family::kIpv4)) {
      const geo::Place& place = geo_.place(range.place);
      if ((region ? place.region : place.country) != entity.code()) continue;
      for (uint64_t block = range.first; block <= range.last; ++block) {
        const auto number = static_cast<uint32_t>(block);
        if (origins_.empty() || origins_.originOf(number) != Asn{}) blocks_.push_back(number);
      }
    }
  }

  const geo::GeoMap& geo_;
  const OriginMap& origins_;
  std::vector<uint32_t>& blocks_;
};

void addBlocksOf(const Prefix& prefix, std::vector<uint32_t>& blocks) {
  const auto first = static_cast<uint32_t>(prefix.address.high() >> 8);
  const uint32_t count = uint32_t{1} << (24 - prefix.length);
  for (uint32_t i = 0; i < count; ++i) blocks.push_back(first + i);
}

void sortUnique(std::vector<uint32_t>& blocks) {
  std::sort(blocks.begin(), blocks.end());
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
}

}  // namespace

Result<Selection> select(const TargetList& list, const std::vector<Entity>& places, const geo::GeoMap& geo,
                         const OriginMap& origins, const Exclusions& exclusions) {
  Selection selection;
  std::vector<uint32_t>& blocks = selection.blocks;
  Places collector(geo, origins, blocks);
  for (const Entity& entity : places) {
    if (const auto added = collector.add(entity); !added) return std::unexpected(added.error());
    sortUnique(blocks);
  }
  // Prefixes that overlap without end must not fill the memory: there are 2^24 blocks, and no more.
  for (const Prefix& prefix : list.prefixes) {
    addBlocksOf(prefix, blocks);
    if (blocks.size() > (size_t{1} << 25)) sortUnique(blocks);
  }
  for (const auto& [block, history] : list.histories) blocks.push_back(block);
  sortUnique(blocks);

  const auto count = [&selection](Exclusion exclusion) {
    if (exclusion == Exclusion::kSpecial) ++selection.special;
    if (exclusion == Exclusion::kOptedOut) ++selection.optedOut;
    return exclusion != Exclusion::kNone;
  };
  std::erase_if(blocks, [&](uint32_t block) {
    return count(exclusions.of(Prefix{Address::ipv4(block << 8), 24}));
  });
  for (const Address& host : list.hosts6) {
    if (!count(exclusions.of(host))) selection.hosts6.push_back(host);
  }
  return selection;
}

}  // namespace nightjar::targets
