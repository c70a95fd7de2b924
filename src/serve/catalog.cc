#include "serve/catalog.h"

#include <algorithm>
#include <tuple>

namespace nightjar::serve {
namespace {

// The code point at the front of `text`, which is shortened by it; a broken byte stands for itself.
char32_t takeCodePoint(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (length == 1 || length > text.size()) {
    text.remove_prefix(1);
    return lead;
  }
  char32_t point = lead & (0x7FU >> length);
  for (size_t i = 1; i < length; ++i) point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  text.remove_prefix(length);
  return point;
}

void putCodePoint(std::string& out, char32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

// Unicode's simple case folding, of the blocks that country names are written in.
char32_t folded(char32_t point) {
  if (point >= 'A' && point <= 'Z') return point + 32;
  if (point >= 0xC0 && point <= 0xDE && point != 0xD7) return point + 32;  // Latin-1
  if ((point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17E)) return point + point % 2;
  if (point >= 0x100 && point <= 0x177) return point | 1;   // Latin Extended-A
  if (point >= 0x391 && point <= 0x3A9) return point + 32;  // Greek
  if (point >= 0x410 && point <= 0x42F) return point + 32;  // Cyrillic
  if (point >= 0x400 && point <= 0x40F) return point + 80;
  if (point >= 0x48A && point <= 0x4FF && point != 0x4C0) return point % 2 == 0 ? point + 1 : point;
  return point;
}

// Whether one of the words of `name` begins with `text`; both folded.
bool hasWord(std::string_view name, std::string_view text) {
  for (size_t at = name.find(text); at != std::string_view::npos; at = name.find(text, at + 1)) {
    if (at == 0 || name[at - 1] == ' ' || name[at - 1] == '-' || name[at - 1] == '(') return true;
  }
  return false;
}

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

}  // namespace

std::string foldCase(std::string_view utf8) {
  std::string result;
  result.reserve(utf8.size());
  while (!utf8.empty()) putCodePoint(result, folded(takeCodePoint(utf8)));
  return result;
}

Result<Catalog> Catalog::read(series::Store& store, const NamesOf& names_of) {
  auto infos = store.list({});
  if (!infos) return std::unexpected(infos.error());
  std::sort(infos->begin(), infos->end(), [](const series::SeriesInfo& a, const series::SeriesInfo& b) {
    return std::tie(a.key.entity, a.key.signal) < std::tie(b.key.entity, b.key.signal);
  });
  Catalog catalog;
  for (const series::SeriesInfo& info : *infos) {
    if (catalog.entries_.empty() || catalog.entries_.back().entity != info.key.entity) {
      catalog.entries_.push_back({info.key.entity, names_of(info.key.entity), {}});
    }
    catalog.entries_.back().series.push_back({info.key.signal, info.first, info.last});
    const bool only = catalog.end_ == Bin{};
    catalog.first_ = only ? info.first : std::min(catalog.first_, info.first);
    catalog.end_ = only ? info.last.next() : std::max(catalog.end_, info.last.next());
  }
  return catalog;
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
  const std::string wanted = foldCase(text);
  std::vector<std::tuple<bool, int, const CatalogEntry*>> found;
  for (const CatalogEntry& entry : entries_) {
    const std::string code = foldCase(entry.entity.code());
    const bool named = std::any_of(entry.names.begin(), entry.names.end(),
                                   [&](const std::string& name) { return hasWord(foldCase(name), wanted); });
    if (!named && !code.starts_with(wanted)) continue;
    found.emplace_back(code != wanted, kindRank(entry.entity.kind()), &entry);
  }
  std::sort(found.begin(), found.end());
  std::vector<const CatalogEntry*> result;
  for (const auto& [inexact, rank, entry] : found) {
    if (result.size() == limit) break;
    result.push_back(entry);
  }
  return result;
}

}  // namespace nightjar::serve
