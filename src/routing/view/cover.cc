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
  if (home.mixed || home.place != node.place) node.mixed = true;
}

Cover::NodeIndex Cover::newNode(PrefixKey prefix, Home home, bool own) {
  if (nodes_.size() == 0) nodes_.add({});  // index 0 means "none"
  Node node;
  node.prefix = prefix;
  node.setHome(home);
  node.own = own;
  return nodes_.add(node);
}

void Cover::hang(SetId set, Link link, NodeIndex node) {
  slot(set, nodes_[node].prefix.family(), link) = node;
  nodes_[node].parent = link.parent;
}

void Cover::adopt(NodeIndex parent, NodeIndex child) {
  nodes_[parent].child[nodes_[child].prefix.bit(nodes_[parent].prefix.length())] = child;
  nodes_[child].parent = parent;
}

// A new node for `prefix` with `lower`, which lies inside it, as its child.
Cover::NodeIndex Cover::insertAbove(NodeIndex lower, PrefixKey prefix, Home home) {
  const NodeIndex made = newNode(prefix, home, true);
  nodes_[made].below = nodes_[lower].covered();
  adopt(made, lower);
  return made;
}

// A fork above `lower` and a new leaf for `prefix`; returns the fork.
Cover::NodeIndex Cover::fork(NodeIndex lower, PrefixKey prefix, Home home, PrefixKey common) {
  const NodeIndex made = newNode(common, nodes_[lower].home(), false);
  blend(nodes_[made], home);
  nodes_[made].below = nodes_[lower].covered();
  adopt(made, newNode(prefix, home, true));
  adopt(made, lower);
  return made;
}

// A fork is in one place as long as all that was entered below it is.
void Cover::blendForksAbove(NodeIndex node, Home home) {
  for (NodeIndex at = nodes_[node].parent; at != 0 && !nodes_[at].own; at = nodes_[at].parent) {
    blend(nodes_[at], home);
  }
}

Cover::NodeIndex Cover::enter(SetId set, PrefixKey prefix, Home home) {
  if (set >= roots_.size()) roots_.resize(set + 1);
  Link link;
  NodeIndex found = 0;
  while (const NodeIndex at = slot(set, prefix.family(), link)) {
    Node& node = nodes_[at];
    const PrefixKey common = node.prefix.common(prefix);
    if (common == node.prefix && common != prefix) {
      link = {at, prefix.bit(node.prefix.length())};
      continue;
    }
    if (common == prefix && common == node.prefix) {
      if (node.own) return at;
      node.own = true;  // a fork becomes a prefix of its own
      node.setHome(home);
      found = at;
    } else if (common == prefix) {
      found = insertAbove(at, prefix, home);
      hang(set, link, found);
    } else {
      const NodeIndex made = fork(at, prefix, home, common);
      hang(set, link, made);
      found = nodes_[made].child[prefix.bit(common.length())];
    }
    break;
  }
  if (found == 0) {
    found = newNode(prefix, home, true);
    hang(set, link, found);
  }
  blendForksAbove(found, home);
  return found;
}

std::span<const Cover::Change> Cover::toggle(NodeIndex index, bool member) {
  changes_.clear();
  Node& node = nodes_[index];
  const int64_t sign = member ? 1 : -1;
  const auto won = sign * static_cast<int64_t>(node.prefix.units() - node.below);
  node.member = member;
  if (won == 0) return changes_;
  for (NodeIndex at = node.parent; at != 0; at = nodes_[at].parent) {
    nodes_[at].below += static_cast<uint64_t>(won);
    if (nodes_[at].member) return changes_;  // hidden under it: the union does not change
  }
  if (!node.mixed) {
    addChange(node.place, won);
    return changes_;
  }
  addSpace(node.prefix, node.home(), sign);
  for (const NodeIndex child : node.child) subtractCovered(child, sign);
  return changes_;
}

std::span<const Cover::Change> Cover::uncovered(SetId set, PrefixKey prefix) {
  changes_.clear();
  if (set >= roots_.size()) return changes_;
  addSpace(prefix, homeOf(prefix), 1);
  Link link;
  while (const NodeIndex at = slot(set, prefix.family(), link)) {
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
void Cover::subtractCovered(NodeIndex at, int64_t sign) {
  if (at == 0) return;
  const Node& node = nodes_[at];
  if (node.covered() == 0) return;
  if (!node.mixed) return addChange(node.place, -sign * static_cast<int64_t>(node.covered()));
  if (node.member) return addSpace(node.prefix, node.home(), -sign);
  for (const NodeIndex child : node.child) subtractCovered(child, sign);
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
