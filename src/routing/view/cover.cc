#include "routing/view/cover.h"

namespace nightjar::view {

uint32_t& Cover::slot(SetId set, Family family, Link link) {
  if (link.parent != 0) return nodes_[link.parent].child[link.side];
  return roots_[set][family == Family::kIpv6 ? 1 : 0];
}

Cover::Home Cover::homeOf(PrefixKey prefix) const {
  Home home;
  bool first = true;
  geo_.forEachRun(prefix.family(), prefix.firstUnit(), prefix.units(), [&](geo::PlaceId place, uint64_t) {
    if (!first && place != home.place) home.mixed = true;
    if (first) home.place = place;
    first = false;
  });
  return home;
}

void Cover::blend(Node& node, Home home) {
  if (home.mixed || node.place != home.place) node.mixed = true;
}

uint32_t Cover::newNode(PrefixKey prefix, Home home, bool own) {
  if (nodes_.size() == 0) nodes_.add({});  // index 0 means "none"
  Node node;
  node.prefix = prefix;
  node.place = home.place;
  node.mixed = home.mixed;
  node.own = own;
  return nodes_.add(node);
}

// A new node for `prefix` with `lower`, which lies inside it, as its child.
uint32_t Cover::insertAbove(uint32_t lower, PrefixKey prefix, Home home) {
  const uint32_t made = newNode(prefix, home, true);
  Node& node = nodes_[made];
  node.child[nodes_[lower].prefix.bit(prefix.length())] = lower;
  node.below = nodes_[lower].covered();
  return made;
}

// A fork above `lower` and a new leaf for `prefix`; returns the fork.
uint32_t Cover::fork(uint32_t lower, PrefixKey prefix, Home home, PrefixKey common) {
  const uint32_t leaf = newNode(prefix, home, true);
  const Node& sibling = nodes_[lower];
  const uint32_t made = newNode(common, {sibling.place, sibling.mixed}, false);
  Node& node = nodes_[made];
  blend(node, home);
  node.child[prefix.bit(common.length())] = leaf;
  node.child[sibling.prefix.bit(common.length())] = lower;
  node.below = sibling.covered();
  return made;
}

// The prefix's node, made if there is none yet; leaves its ancestors in path_.
uint32_t Cover::findOrInsert(SetId set, PrefixKey prefix, Home home) {
  path_.clear();
  Link link;
  while (const uint32_t at = slot(set, prefix.family(), link)) {
    Node& node = nodes_[at];
    const PrefixKey common = node.prefix.common(prefix);
    if (common == node.prefix) {
      if (common == prefix) return at;
      path_.push_back(at);
      link = {at, prefix.bit(node.prefix.length())};
      continue;
    }
    if (common == prefix) return slot(set, prefix.family(), link) = insertAbove(at, prefix, home);
    const uint32_t made = fork(at, prefix, home, common);
    slot(set, prefix.family(), link) = made;
    path_.push_back(made);
    return nodes_[made].child[prefix.bit(common.length())];
  }
  return slot(set, prefix.family(), link) = newNode(prefix, home, true);
}

std::span<const Cover::Change> Cover::toggle(SetId set, PrefixKey prefix, Home home, bool member) {
  if (set >= roots_.size()) roots_.resize(set + 1);
  changes_.clear();
  const uint32_t at = findOrInsert(set, prefix, home);
  Node& node = nodes_[at];
  if (!node.own) {  // a fork becomes a prefix of its own
    node.own = true;
    node.place = home.place;
    node.mixed = home.mixed;
  }
  const auto won = static_cast<int64_t>(prefix.units() - node.below) * (member ? 1 : -1);
  node.member = member;
  bool hidden = false;  // under a member: the union does not change
  for (size_t i = path_.size(); i-- > 0 && !hidden;) {
    Node& ancestor = nodes_[path_[i]];
    ancestor.below += static_cast<uint64_t>(won);
    if (!ancestor.own) blend(ancestor, home);
    hidden = ancestor.member;
  }
  if (hidden || won == 0) return changes_;
  const int64_t sign = member ? 1 : -1;
  if (!node.mixed) {
    addChange(node.place, won);
    return changes_;
  }
  addSpace(prefix, home, sign);
  for (const uint32_t child : node.child) subtractCovered(child, sign);
  return changes_;
}

std::span<const Cover::Change> Cover::uncovered(SetId set, PrefixKey prefix) {
  changes_.clear();
  if (set >= roots_.size()) return changes_;
  addSpace(prefix, homeOf(prefix), 1);
  Link link;
  while (const uint32_t at = slot(set, prefix.family(), link)) {
    const Node& node = nodes_[at];
    const PrefixKey common = node.prefix.common(prefix);
    if (common == node.prefix && common != prefix) {
      if (node.member) {
        changes_.clear();
        return changes_;
      }
      link = {at, prefix.bit(node.prefix.length())};
      continue;
    }
    if (common == prefix) subtractCovered(at, 1);
    break;
  }
  return changes_;
}

void Cover::addSpace(PrefixKey prefix, Home home, int64_t sign) {
  if (!home.mixed) return addChange(home.place, sign * static_cast<int64_t>(prefix.units()));
  geo_.forEachRun(
      prefix.family(), prefix.firstUnit(), prefix.units(),
      [&](geo::PlaceId place, uint64_t units) { addChange(place, sign * static_cast<int64_t>(units)); });
}

// Takes what the members at and below a node cover out of changes_.
void Cover::subtractCovered(uint32_t at, int64_t sign) {
  if (at == 0) return;
  const Node& node = nodes_[at];
  if (node.covered() == 0) return;
  if (!node.mixed) return addChange(node.place, -sign * static_cast<int64_t>(node.covered()));
  if (node.member) return addSpace(node.prefix, {node.place, node.mixed}, -sign);
  for (const uint32_t child : node.child) subtractCovered(child, sign);
}

void Cover::addChange(geo::PlaceId place, int64_t units) {
  for (Change& change : changes_) {
    if (change.place == place) {
      change.units += units;
      return;
    }
  }
  changes_.push_back({place, units});
}

}  // namespace nightjar::view
