// Which addresses are watched: from an address to its block and slot, and back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/address.h"

namespace nightjar::blocks {

struct Place {
  uint32_t block = 0;
  uint8_t slot = 0;
};

// A set of IPv4 /24s, numbered in the order of their addresses. Two megabytes, whatever is in it.
class Slash24s {
 public:
  Slash24s();
  // `number`: the first 24 bits. False if it was there.
  bool add(uint32_t number);
  bool has(uint32_t number) const { return (words_[number / 64] >> (number % 64) & 1) != 0; }
  // How many are below. Counts anew after an add().
  uint32_t rank(uint32_t number) const;
  uint32_t size() const { return size_; }

 private:
  void count() const;

  static constexpr uint32_t kWords = (1U << 24) / 64;
  static constexpr uint32_t kWordsInRun = 8;
  std::vector<uint64_t> words_;
  mutable std::vector<uint32_t> ranks_;  // bits before each run of words
  mutable bool counted_ = true;
  uint32_t size_ = 0;
};

// IPv6 addresses by the /48 that they are in, up to 256 in a group.
class Listed {
 public:
  struct Group {
    Prefix prefix;
    std::vector<Address> addresses;  // in order; the slot is the place
  };

  // False if one of the addresses is there already or comes twice, or there is none, or more than 256.
  bool add(Group group);
  // The number of the group as `block`.
  std::optional<Place> find(const Address& address) const;
  const std::vector<Group>& groups() const { return groups_; }

 private:
  std::vector<Group> groups_;
  std::map<Address, Place> places_;
};

// Addresses that must not be asked.
class Excluded {
 public:
  void add(const Prefix& prefix);
  bool has(const Address& address) const { return holder(address) != ranges_.end(); }
  bool empty() const { return ranges_.empty(); }

 private:
  struct Range {
    Address first, last;
  };
  // The range that holds the address, or the end.
  std::vector<Range>::const_iterator holder(const Address& address) const;

  std::vector<Range> ranges_;  // by address, apart from each other
};

}  // namespace nightjar::blocks
