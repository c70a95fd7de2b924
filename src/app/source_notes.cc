#include "app/source_notes.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace nightjar::app {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void put(Writer& json, const char* key, const std::string& text) {
  json.Key(key);
  json.String(text.c_str(), static_cast<rapidjson::SizeType>(text.size()));
}

const char* stateName(view::PeerStanding::State state) {
  using State = view::PeerStanding::State;
  switch (state) {
    case State::kUp:
      return "up";
    case State::kDown:
      return "down";
    case State::kSilent:
      return "silent";
    case State::kCannotTell:
      break;
  }
  return "cannot tell";
}

void putPeer(Writer& json, const view::PeerStanding& peer) {
  json.StartObject();
  json.Key("asn");
  json.Uint(peer.name.asn.number);
  put(json, "address", peer.name.address.text());
  json.Key("full_feed");
  peer.fullFeed ? json.Bool(*peer.fullFeed) : json.Null();
  put(json, "state", stateName(peer.state));
  if (peer.heard) {
    put(json, "last", formatTime(*peer.heard));
  } else {
    json.Key("last");
    json.Null();
  }
  json.Key("routes");
  json.Uint(peer.routes);
  json.EndObject();
}

}  // namespace

series::Note collectorNote(const CollectorStanding& standing) {
  const auto isFull = [](const view::PeerStanding& peer) { return peer.fullFeed.value_or(false); };
  const auto counts = [&](const view::PeerStanding& peer) { return isFull(peer) && peer.counts; };
  const auto full = std::ranges::count_if(standing.peers, isFull);
  rapidjson::StringBuffer buffer;
  Writer json(buffer);
  json.SetMaxDecimalPlaces(4);
  json.StartObject();
  json.Key("coverage");
  full == 0 ? json.Null()
            : json.Double(static_cast<double>(std::ranges::count_if(standing.peers, counts)) /
                          static_cast<double>(full));
  json.Key("peers");
  json.StartArray();
  for (const view::PeerStanding& peer : standing.peers) putPeer(json, peer);
  json.EndArray();
  json.EndObject();
  return {"collector", standing.name, standing.at, buffer.GetString()};
}

series::Note proberNote(const std::string& prober, Time at, double uplink,
                        std::span<const tally::ReferenceTally> references) {
  rapidjson::StringBuffer buffer;
  Writer json(buffer);
  json.SetMaxDecimalPlaces(4);
  json.StartObject();
  json.Key("coverage");
  json.Double(uplink);
  json.Key("references");
  json.StartArray();
  for (const tally::ReferenceTally& one : references) {
    json.StartObject();
    put(json, "address", one.address.text());
    json.Key("asked");
    json.Uint64(one.asked);
    json.Key("answered");
    json.Uint64(one.answered);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return {"prober", prober, at, buffer.GetString()};
}

series::Note inputNote(const char* kind, const std::string& input, const std::string& collector, Time at,
                       const InputHash& hash) {
  rapidjson::StringBuffer buffer;
  Writer json(buffer);
  json.StartObject();
  put(json, "input", input);
  put(json, "collector", collector);
  put(json, "sha256", hash.sha256);
  json.Key("bytes");
  json.Uint64(hash.bytes);
  json.EndObject();
  return {kind, collector + "/" + input, at, buffer.GetString()};
}

}  // namespace nightjar::app
