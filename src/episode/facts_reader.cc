// The episode file's syntax: TOML tables into Facts. The only place that includes toml++, which throws.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include <toml++/toml.h>

#include "episode/facts.h"

namespace nightjar::episode {
namespace {

Spot spotOf(const toml::node& node) {
  return {node.source().begin.line, node.source().begin.column};
}

// The first error of the file; everything read after it is worthless and dropped.
class ErrorSlot {
 public:
  void set(Spot spot, std::string_view where, std::string_view what, ErrorKind kind = ErrorKind::kInvalid) {
    if (error_) return;
    error_ = Error{kind, fmt::format("line {}, column {}: {}{}{}", spot.line, spot.column, where,
                                     where.empty() ? "" : ": ", what)};
  }
  bool isSet() const { return error_.has_value(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

Time timeOf(const toml::date_time& value) {
  const std::chrono::year_month_day date{std::chrono::year(value.date.year),
                                         std::chrono::month(value.date.month),
                                         std::chrono::day(value.date.day)};
  const auto& clock = value.time;
  Time time = std::chrono::sys_days(date) + std::chrono::hours(clock.hour) +
              std::chrono::minutes(clock.minute) + std::chrono::seconds(clock.second) +
              std::chrono::microseconds(clock.nanosecond / 1000);
  if (value.offset) time -= std::chrono::minutes(value.offset->minutes);
  return time;
}

// One table of the file. Every key that is read is ticked off; finish() complains about the first that is
// not.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string where, ErrorSlot& errors)
      : table_(table), where_(std::move(where)), errors_(errors) {}

  Spot spot() const { return spotOf(table_); }
  bool has(std::string_view key) const { return table_.contains(key); }
  const toml::node* node(std::string_view key) {
    known_.emplace(key);
    return table_.get(key);
  }

  std::string text(std::string_view key, size_t most = 200) {
    const auto* value = typed<std::string>(key, "a text in quotes");
    if (!value) return {};
    if (value->get().size() > most) complain(*value, key, fmt::format("is longer than {} bytes", most));
    return value->get();
  }
  bool flag(std::string_view key, bool otherwise) {
    const auto* value = typed<bool>(key, "true or false");
    return value ? value->get() : otherwise;
  }
  uint32_t number(std::string_view key, uint64_t least, uint64_t most, uint32_t otherwise = 0) {
    const auto* value = typed<int64_t>(key, "a whole number");
    if (!value) return otherwise;
    if (value->get() < static_cast<int64_t>(least) || value->get() > static_cast<int64_t>(most)) {
      complain(*value, key, fmt::format("must be {} to {}, not {}", least, most, value->get()));
    }
    return static_cast<uint32_t>(value->get());
  }
  Asn asn(std::string_view key) { return Asn{number(key, 1, 0xffffffff)}; }
  // A share of a whole, 0 to 1.
  double share(std::string_view key, double otherwise) {
    const toml::node* found = node(key);
    return found ? shareOf(*found, key) : otherwise;
  }
  double shareOf(const toml::node& found, std::string_view key) {
    const double value = found.value<double>().value_or(-1);
    if (!(value >= 0 && value <= 1)) complain(found, key, "must be a number from 0 to 1");
    return value;
  }
  // Whole milliseconds.
  std::chrono::milliseconds milliseconds(std::string_view key) {
    return std::chrono::milliseconds(number(key, 0, 60'000));
  }
  // [least, most], both from `low` to `high`.
  Range range(std::string_view key, double low, double high, Range otherwise) {
    std::vector<double> ends;
    each(key, "a list of two numbers",
         [&](const toml::node& element) { ends.push_back(element.value<double>().value_or(low - 1)); });
    if (ends.empty()) return otherwise;
    if (ends.size() != 2 || !(low <= ends[0] && ends[0] <= ends[1] && ends[1] <= high)) {
      complain(*node(key), key, fmt::format("must be [least, most], both from {} to {}", low, high));
      return otherwise;
    }
    return {ends[0], ends[1]};
  }
  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> list;
    each(key, "a list of texts", [&](const toml::node& element) {
      const auto value = element.value_exact<std::string>();
      if (!value) return complain(element, key, "must hold texts in quotes");
      list.push_back(*value);
    });
    return list;
  }
  Time time(std::string_view key) {
    const auto* value = typed<toml::date_time>(key, "a time such as 2022-01-05T10:45:00Z");
    return value ? timeOf(value->get()) : Time{};
  }
  Seconds duration(std::string_view key, Seconds otherwise) {
    const auto* value = typed<std::string>(key, "a duration in quotes such as \"90s\" or \"2h\"");
    if (!value) return otherwise;
    const auto parsed = parseDuration(value->get());
    if (!parsed) complain(*value, key, parsed.error().message);
    return parsed.value_or(otherwise);
  }
  std::optional<Address> address(std::string_view key, std::optional<Family> family = {}) {
    const auto* value = typed<std::string>(key, "an IP address in quotes");
    if (!value) return {};
    const auto parsed = Address::parse(value->get());
    if (!parsed) complain(*value, key, parsed.error().message);
    if (parsed && family && parsed->family != *family) complain(*value, key, "must be an IPv4 address");
    return parsed ? std::optional(*parsed) : std::nullopt;
  }
  // One of `words`; the position of the word.
  template <size_t N>
  size_t word(std::string_view key, const std::array<std::string_view, N>& words) {
    const auto* value = typed<std::string>(key, "a word in quotes");
    if (!value) return 0;
    const auto at = std::find(words.begin(), words.end(), value->get());
    if (at == words.end()) {
      complain(*value, key,
               fmt::format("'{}' is none of {}", value->get(), fmt::join(words.begin(), words.end(), ", ")));
      return 0;
    }
    return static_cast<size_t>(at - words.begin());
  }
  std::vector<Asn> asns(std::string_view key) {
    std::vector<Asn> numbers;
    each(key, "a list of AS numbers", [&](const toml::node& element) {
      const auto value = element.value_exact<int64_t>();
      if (!value || *value < 1 || *value > 0xffffffff) return complain(element, key, "must hold AS numbers");
      numbers.push_back(Asn{static_cast<uint32_t>(*value)});
    });
    return numbers;
  }
  std::vector<Time> times(std::string_view key) {
    std::vector<Time> list;
    each(key, "a list of times", [&](const toml::node& element) {
      const auto value = element.value_exact<toml::date_time>();
      if (!value) return complain(element, key, "must hold times such as 2022-01-05T08:00:00Z");
      list.push_back(timeOf(*value));
    });
    return list;
  }
  // Calls `use` with a reader for each table of a list of tables ([[key]]).
  template <typename Use>
  void tables(std::string_view key, size_t most, Use use) {
    size_t count = 0;
    each(key, "a list of tables", [&](const toml::node& element) {
      const auto* table = element.as_table();
      if (!table) return complain(element, key, "must be written as [[tables]]");
      if (++count > most) {
        return errors_.set(spotOf(element), where_, fmt::format("more than {} of [[{}]]", most, key),
                           ErrorKind::kLimit);
      }
      TableReader reader(*table, fmt::format("{} {}", key, count), errors_);
      use(reader);
      reader.finish();
    });
  }
  // Calls `use` with a reader for the table `key`, if it is there.
  template <typename Use>
  void table(std::string_view key, Use use) {
    const toml::node* found = node(key);
    if (!found) return;
    if (!found->is_table()) return complain(*found, key, "must be a table");
    TableReader reader(*found->as_table(),
                       where_.empty() ? std::string(key) : where_ + "." + std::string(key), errors_);
    use(reader);
    reader.finish();
  }
  // Calls `use(key, node)` for everything in this table.
  template <typename Use>
  void all(Use use) {
    for (const auto& [key, value] : table_) {
      known_.emplace(key.str());
      use(key.str(), value);
    }
  }

  void require(std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) {
      if (!has(key)) errors_.set(spot(), where_, fmt::format("'{}' is missing", key));
    }
  }
  void complain(const toml::node& node, std::string_view key, std::string_view what) {
    errors_.set(spotOf(node), where_, fmt::format("'{}' {}", key, what));
  }
  void finish() {
    for (const auto& [key, value] : table_) {
      if (known_.contains(std::string(key.str()))) continue;
      errors_.set({key.source().begin.line, key.source().begin.column}, where_,
                  fmt::format("unknown key '{}'; known here: {}", key.str(), fmt::join(known_, ", ")));
    }
  }

 private:
  template <typename T>
  const toml::value<T>* typed(std::string_view key, std::string_view expected) {
    const toml::node* found = node(key);
    if (!found) return nullptr;
    const auto* value = found->as<T>();
    if (!value) complain(*found, key, fmt::format("must be {}", expected));
    return value;
  }
  template <typename Use>
  void each(std::string_view key, std::string_view expected, Use use) {
    const toml::node* found = node(key);
    if (!found) return;
    const auto* array = found->as_array();
    if (!array) return complain(*found, key, fmt::format("must be {}", expected));
    for (const toml::node& element : *array) {
      if (errors_.isSet()) return;
      use(element);
    }
  }

  const toml::table& table_;
  std::string where_;
  ErrorSlot& errors_;
  std::set<std::string> known_;
};

constexpr std::array<std::string_view, 2> kStyles{"ris", "routeviews"};
constexpr std::array<std::string_view, 2> kFamilies{"ipv4", "ipv6"};
constexpr std::array<std::string_view, 3> kAccess{"none", "fixed", "mobile"};

// Whom an event is for.
enum class For {
  kNobody,    // no target
  kPrefixes,  // a target, and perhaps a family
  kHosts,     // a target, perhaps narrowed
};

// What each kind of event has beside `kind`, `at`, `source` and `note`. In the order of EventKind.
struct EventShape {
  std::string_view word;
  For whom;
  std::initializer_list<std::string_view> required;
  std::initializer_list<std::string_view> optional;
};
const std::array<EventShape, 15> kEventShapes{{
    {"withdraw", For::kPrefixes, {}, {"left", "spread"}},
    {"announce", For::kPrefixes, {}, {"prefixes", "spread"}},
    {"aggregate", For::kPrefixes, {"prefixes"}, {"spread"}},
    {"flap", For::kPrefixes, {"for"}, {"prefixes", "times", "spread"}},
    {"burst", For::kPrefixes, {"for"}, {"rounds"}},
    {"rehome", For::kPrefixes, {"to"}, {"prefixes", "spread"}},
    {"hijack", For::kPrefixes, {"by", "for"}, {"prefixes", "peers", "spread"}},
    {"leak", For::kNobody, {"by", "for"}, {"share", "spread"}},
    {"peer_reset", For::kNobody, {"collector", "peer", "for"}, {}},
    {"peer_silent", For::kNobody, {"collector", "peer", "for"}, {}},
    {"collector_gap", For::kNobody, {"collector", "for"}, {}},
    {"dark", For::kHosts, {}, {"for", "share", "spread"}},
    {"lit", For::kHosts, {}, {"share", "spread"}},
    {"throttle", For::kHosts, {"loss", "delay"}, {"for", "share", "spread"}},
    {"prober_cut", For::kNobody, {"for"}, {}},
}};

std::array<std::string_view, kEventShapes.size()> eventWords() {
  std::array<std::string_view, kEventShapes.size()> words;
  for (size_t i = 0; i < words.size(); ++i) words[i] = kEventShapes[i].word;
  return words;
}

// { prefixes = 63, slash24s = 5896, within = "2.72.0.0/13" }
Space readSpace(TableReader& parent, Family family) {
  Space space;
  const bool v4 = family == Family::kIpv4;
  parent.table(v4 ? "ipv4" : "ipv6", [&](TableReader& reader) {
    const std::string_view units = v4 ? "slash24s" : "slash48s";
    reader.require({"prefixes", units});
    space.prefixes = reader.number("prefixes", 1, kMaxPrefixes);
    space.units = reader.number(units, 1, 1U << 24);
    if (const toml::node* node = reader.node("within")) {
      const auto prefix = Prefix::parse(node->value<std::string>().value_or(""));
      if (!prefix || prefix->address.family != family) {
        reader.complain(*node, "within", v4 ? "must be an IPv4 prefix" : "must be an IPv6 prefix");
      } else {
        space.within = *prefix;
      }
    }
  });
  return space;
}

bool isCountry(std::string_view code) {
  return code.size() == 2 &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string readCountry(TableReader& reader) {
  std::string code = reader.text("country");
  if (!code.empty() && !isCountry(code)) {
    reader.complain(*reader.node("country"), "country", "must be two capital letters (ISO 3166-1)");
  }
  return code;
}

Access readAccess(TableReader& reader) {
  return reader.node("access") ? static_cast<Access>(reader.word("access", kAccess)) : Access::kNone;
}

std::map<std::string, double> readRegions(TableReader& parent, const std::string& country) {
  std::map<std::string, double> shares;
  parent.table("regions", [&](TableReader& reader) {
    double sum = 0;
    reader.all([&](std::string_view key, const toml::node& node) {
      const double share = reader.shareOf(node, key);
      sum += share;
      if (key.substr(0, 3) != country + "-" || key.size() > 6 || sum > 1.000001) {
        reader.complain(node, key, "must be a region of the country; shares sum up to at most 1");
      }
      shares.emplace(key, share);
    });
  });
  return shares;
}

Network readNetwork(TableReader& reader) {
  reader.require({"asn", "name", "kind", "source"});
  Network network;
  network.spot = reader.spot();
  network.asn = reader.asn("asn");
  network.name = reader.text("name");
  network.kind = reader.text("kind");
  network.access = readAccess(reader);
  network.country = readCountry(reader);
  network.regions = readRegions(reader, network.country);
  network.ipv4 = readSpace(reader, Family::kIpv4);
  network.ipv6 = readSpace(reader, Family::kIpv6);
  network.upstreams = reader.asns("upstreams");
  network.source = reader.text("source");
  return network;
}

Group readGroup(TableReader& reader) {
  reader.require({"name", "country", "networks", "upstreams", "source"});
  Group group;
  group.spot = reader.spot();
  group.name = reader.text("name");
  group.access = readAccess(reader);
  group.country = readCountry(reader);
  group.regions = readRegions(reader, group.country);
  group.networks = reader.number("networks", 1, kMaxMadeUpNetworks);
  group.ipv4 = readSpace(reader, Family::kIpv4);
  group.ipv6 = readSpace(reader, Family::kIpv6);
  group.upstreams = reader.asns("upstreams");
  group.source = reader.text("source");
  return group;
}

Peer readPeer(TableReader& reader) {
  reader.require({"asn", "address"});
  Peer peer;
  peer.spot = reader.spot();
  peer.asn = reader.asn("asn");
  peer.address = reader.address("address").value_or(Address{});
  peer.share = reader.share("share", 1);
  peer.twoOctet = reader.flag("two_octet", false);
  return peer;
}

// A folder's and a file's name: lower-case letters, digits, dots and hyphens, none of these first.
bool isFolderName(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 64 && plain(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '-' || c == '.'; });
}

std::string readFolderName(TableReader& reader) {
  std::string name = reader.text("name");
  if (!isFolderName(name) && reader.has("name")) {
    reader.complain(*reader.node("name"), "name", "must be lower-case letters, digits, dots and hyphens");
  }
  return name;
}

Collector readCollector(TableReader& reader) {
  reader.require({"name", "style", "asn", "bgp_id", "ribs", "peer"});
  Collector collector;
  collector.spot = reader.spot();
  collector.name = readFolderName(reader);
  collector.style = static_cast<Style>(reader.word("style", kStyles));
  collector.asn = reader.asn("asn");
  collector.bgpId = reader.address("bgp_id", Family::kIpv4).value_or(Address{});
  collector.ribs = reader.times("ribs");
  const bool ris = collector.style == Style::kRis;
  collector.extendedTime = reader.flag("extended_time", false);
  collector.stateChanges = reader.flag("state_changes", ris);
  collector.keepalives = reader.flag("keepalives", ris);
  reader.tables("peer", kMaxPeers, [&](TableReader& peer) { collector.peers.push_back(readPeer(peer)); });
  return collector;
}

Target readTarget(TableReader& reader) {
  if (int(reader.has("network")) + int(reader.has("group")) + int(reader.has("country")) != 1) {
    reader.require({"network, group or country (exactly one)"});
  }
  Target target;
  if (reader.has("network")) target.network = reader.asn("network");
  if (reader.has("group")) target.group = reader.text("group");
  if (reader.has("country")) target.country = readCountry(reader);
  return target;
}

// A target of hosts; it may be a part of what the tables above name.
Target readHostTarget(TableReader& reader) {
  Target target = readTarget(reader);
  if (reader.node("access")) target.access = readAccess(reader);
  target.region = reader.text("region");
  target.outside = reader.texts("outside");
  return target;
}

Hosts readHosts(TableReader& reader) {
  reader.require({"answering", "rtt", "source"});
  Hosts hosts;
  hosts.spot = reader.spot();
  hosts.target = readHostTarget(reader);
  hosts.answering = reader.share("answering", 1);
  hosts.everActive = reader.range("ever_active", 1, 254, hosts.everActive);
  hosts.availability = reader.range("availability", 0, 1, hosts.availability);
  hosts.loss = reader.share("loss", hosts.loss);
  hosts.rtt = reader.milliseconds("rtt");
  hosts.source = reader.text("source");
  return hosts;
}

Prober readProber(TableReader& reader) {
  reader.require({"name", "asn", "from", "address", "references", "source"});
  Prober prober;
  prober.spot = reader.spot();
  prober.name = readFolderName(reader);
  prober.asn = reader.asn("asn");
  prober.from = reader.text("from");
  prober.address = reader.address("address", Family::kIpv4).value_or(Address{});
  prober.round = reader.duration("round", prober.round);
  prober.every = reader.number("every", 1, 1000, prober.every);
  for (const std::string& text : reader.texts("references")) {
    const auto address = Address::parse(text);
    if (address && address->family == Family::kIpv4) {
      prober.references.push_back(*address);
    } else {
      reader.complain(*reader.node("references"), "references", "must hold IPv4 addresses");
    }
  }
  prober.source = reader.text("source");
  return prober;
}

void readEventKey(TableReader& reader, std::string_view key, Event& event) {
  if (!reader.has(key)) {
    reader.node(key);  // known here, so that the list of known keys is whole
    return;
  }
  if (key == "prefixes") event.prefixes = reader.number(key, 1, kMaxPrefixes);
  if (key == "left") event.left = reader.number(key, 0, kMaxPrefixes);
  if (key == "spread") event.spread = reader.duration(key, event.spread);
  if (key == "for") event.duration = reader.duration(key, {});
  if (key == "times") event.times = reader.number(key, 1, 1000);
  if (key == "rounds") event.rounds = reader.number(key, 1, 1000);
  if (key == "to" || key == "by") event.other = reader.asn(key);
  if (key == "peers" || key == "share") event.share = reader.share(key, 1);
  if (key == "loss") event.loss = reader.share(key, 0);
  if (key == "delay") event.delay = reader.milliseconds(key);
  if (key == "collector") event.collector = reader.text(key);
  if (key == "peer") event.peer = reader.address(key);
}

Event readEvent(TableReader& reader) {
  reader.require({"kind", "at", "source"});
  static const auto kWords = eventWords();
  Event event;
  event.spot = reader.spot();
  event.kind = static_cast<EventKind>(reader.word("kind", kWords));
  event.at = reader.time("at");
  event.source = reader.text("source");
  reader.text("note", 2000);
  const EventShape& shape = kEventShapes[static_cast<size_t>(event.kind)];
  if (shape.whom == For::kPrefixes) {
    event.target = readTarget(reader);
    if (reader.node("family"))
      event.family = reader.word("family", kFamilies) ? Family::kIpv6 : Family::kIpv4;
  }
  if (shape.whom == For::kHosts) event.target = readHostTarget(reader);
  reader.require(shape.required);
  for (const auto key : shape.required) readEventKey(reader, key, event);
  for (const auto key : shape.optional) readEventKey(reader, key, event);
  return event;
}

// One event, or as many as its `repeat` says.
void readEvents(TableReader& reader, std::vector<Event>& events) {
  const Event event = readEvent(reader);
  uint32_t times = 1;
  Seconds every{};
  reader.table("repeat", [&](TableReader& repeat) {
    repeat.require({"every", "times"});
    every = repeat.duration("every", every);
    times = repeat.number("times", 1, 1000, times);
  });
  for (uint32_t i = 0; i < times && events.size() <= kMaxEvents; ++i) {
    events.push_back(event);
    events.back().at += i * every;
  }
}

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

std::string_view eventWord(EventKind kind) {
  return kEventShapes[static_cast<size_t>(kind)].word;
}

std::string_view accessWord(Access access) {
  return kAccess[static_cast<size_t>(access)];
}

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
