#include "probing/blocks/space.h"

#include <algorithm>
#include <bit>

namespace nightjar::blocks {

Slash24s::Slash24s() : words_(kWords), ranks_(kWords / kWordsInRun) {}

bool Slash24s::add(uint32_t number) {
  if (has(number)) return false;
  words_[number / 64] |= uint64_t{1} << (number % 64);
  ++size_;
  counted_ = false;
  return true;
}

void Slash24s::count() const {
  uint32_t sum = 0;
  for (uint32_t word = 0; word < kWords; ++word) {
    if (word % kWordsInRun == 0) ranks_[word / kWordsInRun] = sum;
    sum += static_cast<uint32_t>(std::popcount(words_[word]));
  }
  counted_ = true;
}

uint32_t Slash24s::rank(uint32_t number) const {
  if (!counted_) count();
  const uint32_t word = number / 64;
  uint32_t sum = ranks_[word / kWordsInRun];
  for (uint32_t i = word / kWordsInRun * kWordsInRun; i < word; ++i) {
    sum += static_cast<uint32_t>(std::popcount(words_[i]));
  }
  const uint64_t below = (uint64_t{1} << (number % 64)) - 1;
  return sum + static_cast<uint32_t>(std::popcount(words_[word] & below));
}

std::optional<Place> Listed::find(const Address& address) const {
  const auto found = places_.find(address);
  if (found == places_.end()) return std::nullopt;
  return found->second;
}

bool Listed::add(Group group) {
  constexpr size_t kMost = 256;
  auto& addresses = group.addresses;
  if (addresses.empty() || addresses.size() > kMost) return false;
  std::sort(addresses.begin(), addresses.end());
  if (std::adjacent_find(addresses.begin(), addresses.end()) != addresses.end()) return false;
  const auto known = [this](const Address& address) { return places_.contains(address); };
  if (std::any_of(addresses.begin(), addresses.end(), known)) return false;
  const auto number = static_cast<uint32_t>(groups_.size());
  for (size_t i = 0; i < addresses.size(); ++i) {
    places_.emplace(addresses[i], Place{number, static_cast<uint8_t>(i)});
  }
  groups_.push_back(std::move(group));
  return true;
}

std::vector<Excluded::Range>::const_iterator Excluded::holder(const Address& address) const {
  const auto after = [](const Address& wanted, const Range& range) { return wanted < range.first; };
  const auto next = std::upper_bound(ranges_.begin(), ranges_.end(), address, after);
  if (next == ranges_.begin() || std::prev(next)->last < address) return ranges_.end();
  return std::prev(next);
}

// Prefixes nest or lie apart: the new one is held by another, or holds others, or neither.
void Excluded::add(const Prefix& prefix) {
  Range range{prefix.address, prefix.address};
  for (uint32_t bit = prefix.length; bit < addressBits(prefix.address.family); ++bit) {
    range.last.bytes[bit / 8] = static_cast<uint8_t>(range.last.bytes[bit / 8] | 0x80U >> (bit % 8));
  }
  const auto held = holder(range.first);
  if (held != ranges_.end() && range.last <= held->last) return;
  std::erase_if(ranges_, [&](const Range& r) { return range.first <= r.first && r.last <= range.last; });
  const auto before = [](const Range& a, const Range& b) { return a.first < b.first; };
  ranges_.insert(std::upper_bound(ranges_.begin(), ranges_.end(), range, before), range);
}

}  // namespace nightjar::blocks
