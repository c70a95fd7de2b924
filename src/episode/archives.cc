#include "episode/archives.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "episode/output_file.h"

namespace nightjar::episode {
namespace {

// Prefixes in one message, so that it stays under 4,096 octets (RFC 4271, section 4.1).
constexpr size_t kPrefixesPerMessage = 300;

// "bview.20110127.2200.gz"
std::string fileName(const Collector& collector, bool rib, uint32_t second) {
  const Time time{std::chrono::seconds(second)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto minutes = std::chrono::floor<std::chrono::minutes>(time - day).count();
  const bool ris = collector.style == Style::kRis;
  return fmt::format("{}.{:04}{:02}{:02}.{:02}{:02}.{}",
                     !rib  ? "updates"
                     : ris ? "bview"
                           : "rib",
                     int(date.year()), unsigned(date.month()), unsigned(date.day()), minutes / 60,
                     minutes % 60, ris ? "gz" : "bz2");
}

uint32_t fileLength(const Collector& collector) {
  return collector.style == Style::kRis ? 5 * 60 : 15 * 60;
}

class Archives : public Recorder {
 public:
  Archives(const Facts& facts, const World& world, HostWorld& hosts, const std::string& folder);
  Result<ArchiveCount> run();

  void change(uint32_t second, uint32_t peer, const RouteKey& route,
              std::span<const Prefix> prefixes) override;
  void endOfRib(uint32_t second, uint32_t peer) override;
  void keepalive(uint32_t second, uint32_t peer) override;
  void sessionDown(uint32_t second, uint32_t peer) override;
  void sessionUp(uint32_t second, uint32_t peer) override;
  void announced(uint32_t second, const Prefix& prefix, bool isAnnounced) override {
    hosts_.routeChanged(second, prefix, isAnnounced);
  }

 private:
  struct Speaker {
    uint32_t collector;
    wire::Session session;
    wire::Peer entry;  // of the PEER_INDEX_TABLE
    PeerVoice voice;
  };
  // A collector's file that is being written.
  struct OpenFile {
    uint32_t start = 0;  // when the file's interval begins
    bool wasOn = true;   // then
    wire::Buffer buffer;
    uint32_t second = 0;
    uint32_t microsecond = 0;  // of the last record
  };

  void addSpeaker(const World& world, uint32_t collector, const Peer& peer);
  wire::MrtTime stamp(OpenFile& file, uint32_t second, bool extended);
  void write(uint32_t second, uint32_t peer, Bytes message);
  void changeState(uint32_t second, uint32_t peer, wire::SessionState from, wire::SessionState to);
  Result<void> closeUpdates(uint32_t collector, uint32_t now);
  Result<void> writeRib(uint32_t collector);
  Result<void> save(const Collector& collector, bool rib, uint32_t second, const wire::Buffer& buffer);

  const Facts& facts_;
  HostWorld& hosts_;
  std::string folder_;
  std::vector<Speaker> speakers_;
  std::vector<OpenFile> files_;  // by collector
  ArchiveCount count_;
  wire::Buffer message_;
  wire::Buffer attributes_;
  wire::Buffer nlri_;
  Simulation simulation_;
};

Archives::Archives(const Facts& facts, const World& world, HostWorld& hosts, const std::string& folder)
    : facts_(facts),
      hosts_(hosts),
      folder_(folder),
      files_(facts.collectors.size()),
      simulation_(facts, world, *this) {
  for (uint32_t c = 0; c < facts.collectors.size(); ++c) {
    files_[c].start = simulation_.now() / fileLength(facts.collectors[c]) * fileLength(facts.collectors[c]);
    for (const Peer& peer : facts.collectors[c].peers) addSpeaker(world, c, peer);
  }
}

void Archives::addSpeaker(const World& world, uint32_t collector, const Peer& peer) {
  const Collector& host = facts_.collectors[collector];
  const auto bgpId = static_cast<uint32_t>(host.bgpId.high());
  wire::Session session{peer.asn, host.asn, 0, peer.address, host.bgpId};
  session.asnSize = peer.twoOctet ? wire::AsnSize::kTwo : wire::AsnSize::kFour;
  auto peerId = static_cast<uint32_t>(peer.address.high());
  if (peer.address.family == Family::kIpv6) {
    // The collector's end in the documentation prefix (RFC 3849): the episode does not give one.
    session.localAddress = Address{Family::kIpv6, {0x20, 0x01, 0x0d, 0xb8}};
    for (size_t i = 0; i < 4; ++i)
      session.localAddress.bytes[12 + i] = static_cast<uint8_t>(bgpId >> (24 - 8 * i));
    peerId = static_cast<uint32_t>(hashOf({facts_.seed, peer.asn.number, collector}));
  }
  speakers_.push_back(
      {collector, session, {peerId, peer.address, peer.asn}, PeerVoice(world, peer, facts_.seed)});
}

Result<ArchiveCount> Archives::run() {
  for (const Collector& collector : facts_.collectors) {
    std::error_code error;
    const std::string path = folder_ + "/" + collector.name;
    std::filesystem::create_directories(path, error);
    if (error) return failIn(path, {ErrorKind::kIo, error.message()});
  }
  const uint32_t end = unixSeconds(facts_.until);
  for (uint32_t now = simulation_.now();;) {
    for (uint32_t c = 0; c < facts_.collectors.size(); ++c) {
      const auto& ribs = facts_.collectors[c].ribs;
      const bool due =
          std::any_of(ribs.begin(), ribs.end(), [&](Time rib) { return unixSeconds(rib) == now; });
      if (due && simulation_.isOn(c)) {
        if (auto ok = writeRib(c); !ok) return std::unexpected(ok.error());
      }
    }
    if (now == end) break;
    // Up to the next moment at which a file ends or a table is due.
    uint32_t next = end;
    for (uint32_t c = 0; c < facts_.collectors.size(); ++c) {
      next = std::min(next, files_[c].start + fileLength(facts_.collectors[c]));
      for (const Time rib : facts_.collectors[c].ribs) {
        if (unixSeconds(rib) > now) next = std::min(next, unixSeconds(rib));
      }
    }
    simulation_.playUntil(next);
    now = next;
    for (uint32_t c = 0; c < facts_.collectors.size(); ++c) {
      if (now < end && now < files_[c].start + fileLength(facts_.collectors[c])) continue;
      if (auto ok = closeUpdates(c, now); !ok) return std::unexpected(ok.error());
    }
  }
  return count_;
}

// A collector that was off during the whole interval leaves no file.
Result<void> Archives::closeUpdates(uint32_t collector, uint32_t now) {
  OpenFile& file = files_[collector];
  const bool isOn = simulation_.isOn(collector);
  if (file.wasOn || isOn || !file.buffer.empty()) {
    if (auto ok = save(facts_.collectors[collector], false, file.start, file.buffer); !ok) return ok;
  }
  file.start = now;
  file.wasOn = isOn;
  file.buffer.clear();
  return {};
}

Result<void> Archives::writeRib(uint32_t collector) {
  const uint32_t now = simulation_.now();
  const Collector& host = facts_.collectors[collector];
  const std::string view = viewName(facts_);
  wire::PeerIndexTable index{static_cast<uint32_t>(host.bgpId.high()), view, {}};
  std::vector<uint32_t> peers;
  for (uint32_t p = 0; p < speakers_.size(); ++p) {
    if (speakers_[p].collector != collector) continue;
    index.peers.push_back(speakers_[p].entry);
    peers.push_back(p);
  }
  wire::Buffer buffer;
  wire::MrtWriter writer(buffer);
  writer.peerIndexTable(now, index);
  ++count_.records;

  const auto& prefixes = simulation_.prefixes();
  std::vector<uint32_t> order(prefixes.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return prefixes[a] < prefixes[b]; });
  wire::RibRecord record;
  std::vector<wire::RibEntry> entries;
  for (const uint32_t prefix : order) {
    entries.clear();
    for (size_t i = 0; i < peers.size(); ++i) {
      const Route& route = simulation_.route(peers[i], prefix);
      if (route.key.origin == kNobody) continue;
      entries.push_back(
          {static_cast<uint16_t>(i), route.since, 0, speakers_[peers[i]].voice.ribAttributes(route.key)});
    }
    if (entries.empty()) continue;
    record.prefix = prefixes[prefix];
    writer.rib(now, record, entries);
    ++record.sequence;
  }
  count_.records += record.sequence;
  return save(host, true, now, buffer);
}

Result<void> Archives::save(const Collector& collector, bool rib, uint32_t second,
                            const wire::Buffer& buffer) {
  const auto packed = collector.style == Style::kRis ? gzip(buffer) : bzip2(buffer);
  if (!packed) return std::unexpected(packed.error());
  ++count_.files;
  count_.bytes += packed->size();
  return writeFile(fmt::format("{}/{}/{}", folder_, collector.name, fileName(collector, rib, second)),
                   *packed);
}

// ---- Records

// Time never runs backwards within a file; records of one second are a few tens of microseconds apart.
wire::MrtTime Archives::stamp(OpenFile& file, uint32_t second, bool extended) {
  const uint64_t hash = hashOf({facts_.seed, second, file.microsecond});
  if (file.second != second) {
    file.second = second;
    file.microsecond = scaled(hash, 800'000);
  } else {
    file.microsecond = std::min(file.microsecond + 1 + scaled(hash, 120), 999'999U);
  }
  return extended ? wire::MrtTime{second, file.microsecond} : wire::MrtTime{second};
}

void Archives::write(uint32_t second, uint32_t peer, Bytes message) {
  const Speaker& speaker = speakers_[peer];
  OpenFile& file = files_[speaker.collector];
  const auto time = stamp(file, second, facts_.collectors[speaker.collector].extendedTime);
  wire::MrtWriter(file.buffer).message(time, speaker.session, message);
  ++count_.records;
}

void Archives::change(uint32_t second, uint32_t peer, const RouteKey& route,
                      std::span<const Prefix> prefixes) {
  const bool ipv4 = speakers_[peer].entry.address.family == Family::kIpv4;
  const bool withdrawn = route.origin == kNobody;
  while (!prefixes.empty()) {
    const size_t count = std::min(prefixes.size(), kPrefixesPerMessage);
    message_.clear();
    attributes_.clear();
    nlri_.clear();
    std::vector<wire::Nlri> routes;
    routes.reserve(count);
    for (const Prefix& prefix : prefixes.first(count)) {
      if (ipv4) wire::appendPrefix(nlri_, prefix);
      routes.push_back({prefix});
    }
    if (!withdrawn) speakers_[peer].voice.updateAttributes(route, routes, attributes_);
    if (withdrawn && !ipv4) wire::AttributeWriter(attributes_).mpUnreach(Family::kIpv6, routes);
    const Bytes nlri = nlri_;
    wire::appendUpdate(message_, withdrawn ? nlri : Bytes(), attributes_, withdrawn ? Bytes() : nlri);
    write(second, peer, message_);
    prefixes = prefixes.subspan(count);
  }
}

// RFC 4724, section 2.
void Archives::endOfRib(uint32_t second, uint32_t peer) {
  message_.clear();
  attributes_.clear();
  if (speakers_[peer].entry.address.family == Family::kIpv6) {
    wire::AttributeWriter(attributes_).mpUnreach(Family::kIpv6, {});
  }
  wire::appendUpdate(message_, {}, attributes_, {});
  write(second, peer, message_);
}

void Archives::keepalive(uint32_t second, uint32_t peer) {
  if (!facts_.collectors[speakers_[peer].collector].keepalives) return;
  message_.clear();
  wire::appendKeepalive(message_);
  write(second, peer, message_);
}

void Archives::changeState(uint32_t second, uint32_t peer, wire::SessionState from, wire::SessionState to) {
  const Speaker& speaker = speakers_[peer];
  const Collector& collector = facts_.collectors[speaker.collector];
  if (!collector.stateChanges) return;
  OpenFile& file = files_[speaker.collector];
  const auto time = stamp(file, second, collector.extendedTime);
  wire::MrtWriter(file.buffer).stateChange(time, speaker.session, from, to);
  ++count_.records;
}

void Archives::sessionDown(uint32_t second, uint32_t peer) {
  changeState(second, peer, wire::SessionState::kEstablished, wire::SessionState::kIdle);
}

// RFC 4271, section 8.2.2.
void Archives::sessionUp(uint32_t second, uint32_t peer) {
  using enum wire::SessionState;
  changeState(second, peer, kIdle, kConnect);
  changeState(second, peer, kConnect, kOpenSent);
  changeState(second, peer, kOpenSent, kOpenConfirm);
  changeState(second, peer, kOpenConfirm, kEstablished);
}

}  // namespace

std::string viewName(const Facts& facts) {
  return "simulation: " + facts.name;
}

Result<ArchiveCount> writeArchives(const Facts& facts, const World& world, HostWorld& hosts,
                                   const std::string& folder) {
  return Archives(facts, world, hosts, folder).run();
}

}  // namespace nightjar::episode
