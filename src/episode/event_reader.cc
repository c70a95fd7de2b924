#include "episode/event_reader.h"

#include <array>

#include "episode/shared_keys.h"

namespace nightjar::episode {
namespace {

constexpr std::array<std::string_view, 2> kFamilies{"ipv4", "ipv6"};

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

}  // namespace

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

std::string_view eventWord(EventKind kind) {
  return kEventShapes[static_cast<size_t>(kind)].word;
}

}  // namespace nightjar::episode
