#include "serve/catalog.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "serve/unicode.h"

namespace nightjar::serve {
namespace {

int kindRank(EntityKind kind) {
  switch (kind) {
    case EntityKind::kCountry:
      return 0;
    case EntityKind::kRegion:
      return 1;
    case EntityKind::kSite:
      return 2;
    case EntityKind::kNetworkInCountry:
      return 3;
    case EntityKind::kNetwork:
      break;
  }
  return 4;
}

// A code as it is compared: without case.
std::string foldCode(std::string_view code) {
  std::string folded(code);
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return folded;
}

}  // namespace

Result<Catalog> Catalog::read(series::Store& store, const NamesOf& names_of) {
  auto infos = store.list({});
  if (!infos) return std::unexpected(infos.error());
  std::sort(infos->begin(), infos->end(), [](const series::SeriesInfo& a, const series::SeriesInfo& b) {
    return std::tie(a.key.entity, a.key.signal) < std::tie(b.key.entity, b.key.signal);
  });
  Catalog catalog;
  for (const series::SeriesInfo& info : *infos) {
    if (catalog.entries_.empty() || catalog.entries_.back().entity != info.key.entity) {
      catalog.add(info.key.entity, names_of(info.key.entity));
    }
    catalog.entries_.back().series.push_back({info.key.signal, info.first, info.last});
    const bool only = catalog.end_ == Bin{};
    catalog.first_ = only ? info.first : std::min(catalog.first_, info.first);
    catalog.end_ = only ? info.last.next() : std::max(catalog.end_, info.last.next());
  }
  catalog.sortByRank();
  return catalog;
}

void Catalog::add(const Entity& entity, std::vector<std::string> names) {
  std::string searched = "\n" + foldCode(entity.code());
  for (const std::string& name : names) searched += "\n " + foldForSearch(name);
  searched_.push_back(std::move(searched));
  entries_.push_back({entity, std::move(names), {}});
}

void Catalog::sortByRank() {
  by_rank_.resize(entries_.size());
  std::iota(by_rank_.begin(), by_rank_.end(), 0U);
  std::stable_sort(by_rank_.begin(), by_rank_.end(), [this](uint32_t a, uint32_t b) {
    return kindRank(entries_[a].entity.kind()) < kindRank(entries_[b].entity.kind());
  });
}

const CatalogEntry* Catalog::find(std::string_view code) const {
  const auto at = std::lower_bound(
      entries_.begin(), entries_.end(), code,
      [](const CatalogEntry& entry, std::string_view wanted) { return entry.entity.code() < wanted; });
  return at != entries_.end() && at->entity.code() == code ? &*at : nullptr;
}

std::vector<const CatalogEntry*> Catalog::childrenOf(const Entity& entity) const {
  std::vector<const CatalogEntry*> children;
  for (const CatalogEntry& entry : entries_) {
    if (entry.entity == entity) continue;
    const bool in_country =
        entity.kind() == EntityKind::kCountry && entry.entity.countryCode() == entity.code();
    const bool of_network = entity.kind() == EntityKind::kNetwork && entry.entity.asn() == entity.asn();
    if (in_country || of_network) children.push_back(&entry);
  }
  return children;
}

std::vector<const CatalogEntry*> Catalog::search(std::string_view text, size_t limit) const {
  const std::string code = "\n" + foldCode(text);
  const std::string name = " " + foldForSearch(text);
  const bool nameless = name.size() == 1 && code.size() > 1;  // "@": a part of codes alone
  std::string upper = code.substr(1);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  const CatalogEntry* exact = find(upper);
  std::vector<const CatalogEntry*> found;
  if (exact != nullptr && limit > 0) found.push_back(exact);
  for (const uint32_t at : by_rank_) {
    if (found.size() >= limit) break;
    const std::string& searched = searched_[at];
    if (&entries_[at] == exact) continue;
    if (!searched.starts_with(code) && (nameless || searched.find(name) == std::string::npos)) continue;
    found.push_back(&entries_[at]);
  }
  return found;
}

}  // namespace nightjar::serve
