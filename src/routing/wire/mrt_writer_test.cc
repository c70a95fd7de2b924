// What the writer writes, the decoders read back as it was; what is cut or wrong, they say.
#include "routing/wire/mrt_writer.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "routing/wire/mrt_framer.h"

namespace nightjar::wire {
namespace {

constexpr uint32_t kSeconds = 1'296'165'600;

// The records of a file; every byte must belong to one.
std::vector<MrtRecord> recordsOf(Bytes file) {
  std::vector<MrtRecord> records;
  MrtFramer framer;
  framer.feed(file, true);
  while (framer.next() == MrtFramer::Event::kRecord) records.push_back(framer.record());
  EXPECT_EQ(framer.offset(), file.size());
  return records;
}

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  uint32_t number() { return static_cast<uint32_t>(engine_()); }
  uint32_t below(uint32_t limit) { return number() % limit; }
  bool flip() { return below(2) == 0; }
  Family family() { return flip() ? Family::kIpv4 : Family::kIpv6; }
  AsnSize asnSize() { return flip() ? AsnSize::kTwo : AsnSize::kFour; }
  Asn asn(AsnSize size) { return {size == AsnSize::kTwo ? below(0x10000) : number()}; }
  Address address(Family family) {
    Address address{family, {}};
    for (size_t i = 0; i < addressSize(family); ++i) address.bytes[i] = static_cast<uint8_t>(number());
    return address;
  }
  Prefix prefix(Family family) {
    return Prefix::of(address(family), static_cast<uint8_t>(below(addressBits(family) + 1U)));
  }
  Buffer bytes(uint32_t limit) {
    Buffer bytes(below(limit));
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(number());
    return bytes;
  }
  Session session() {
    const AsnSize size = asnSize();
    const Family f = family();
    return {asn(size), asn(size), static_cast<uint16_t>(number()), address(f), address(f), size};
  }

 private:
  std::mt19937_64 engine_;
};

void expectSame(Bytes a, Bytes b) {
  EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end()));
}

TEST(MrtWriter, PeerIndexTable) {
  Random random(1);
  for (int round = 0; round < 50; ++round) {
    PeerIndexTable table{random.number(), "view", {}};
    for (uint32_t i = random.below(70); i > 0; --i) {
      const AsnSize size = random.asnSize();
      table.peers.push_back({random.number(), random.address(random.family()), random.asn(size), size});
    }
    Buffer file;
    MrtWriter(file).peerIndexTable(kSeconds, table);
    const auto records = recordsOf(file);
    ASSERT_EQ(records.size(), 1U);
    ASSERT_EQ(kindOf(records[0]), RecordKind::kPeerIndexTable);
    const auto read = decodePeerIndexTable(records[0]);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, table);
  }
}

TEST(MrtWriter, Rib) {
  Random random(2);
  std::set<uint16_t> subtypes;
  for (int round = 0; round < 200; ++round) {
    RibRecord rib;
    rib.sequence = random.number();
    rib.prefix = random.prefix(random.family());
    rib.multicast = random.flip();
    rib.addPath = random.flip();
    rib.generic = random.flip();
    if (rib.generic && rib.addPath) rib.pathId = random.number();
    std::vector<Buffer> attributes;
    for (uint32_t i = random.below(9); i > 0; --i) attributes.push_back(random.bytes(400));
    std::vector<RibEntry> entries;
    for (const Buffer& bytes : attributes) {
      const uint32_t pathId = rib.generic ? rib.pathId : rib.addPath ? random.number() : 0;
      entries.push_back({static_cast<uint16_t>(random.number()), random.number(), pathId, bytes});
    }
    Buffer file;
    MrtWriter(file).rib(kSeconds, rib, entries);
    const auto records = recordsOf(file);
    ASSERT_EQ(records.size(), 1U);
    ASSERT_EQ(kindOf(records[0]), RecordKind::kRib);
    subtypes.insert(records[0].subtype);
    const auto read = decodeRib(records[0]);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->sequence, rib.sequence);
    EXPECT_EQ(read->prefix, rib.prefix);
    EXPECT_EQ(read->multicast, rib.multicast);
    EXPECT_EQ(read->addPath, rib.addPath);
    EXPECT_EQ(read->generic, rib.generic);
    EXPECT_EQ(read->pathId, rib.pathId);
    ASSERT_EQ(read->entryCount, entries.size());
    RibEntryCursor cursor = read->entries();
    for (const RibEntry& entry : entries) {
      RibEntry got;
      ASSERT_TRUE(cursor.next(got));
      EXPECT_EQ(got.peerIndex, entry.peerIndex);
      EXPECT_EQ(got.originated, entry.originated);
      EXPECT_EQ(got.pathId, entry.pathId);
      expectSame(got.attributes, entry.attributes);
    }
    RibEntry none;
    EXPECT_FALSE(cursor.next(none));
    EXPECT_TRUE(cursor.ok());
    EXPECT_EQ(cursor.offset(), file.size());
  }
  EXPECT_EQ(subtypes, (std::set<uint16_t>{2, 3, 4, 5, 6, 8, 9, 10, 11, 12}));
}

TEST(MrtWriter, TableDump) {
  Random random(3);
  std::set<uint16_t> subtypes;
  for (int round = 0; round < 50; ++round) {
    const Family family = random.family();
    const Buffer attributes = random.bytes(300);
    TableDumpEntry entry;
    entry.view = static_cast<uint16_t>(random.number());
    entry.sequence = static_cast<uint16_t>(random.number());
    entry.prefix = random.prefix(family);
    entry.originated = random.number();
    entry.peerAddress = random.address(family);
    entry.asnSize = random.asnSize();
    entry.peerAsn = random.asn(entry.asnSize);
    entry.attributes = attributes;
    Buffer file;
    MrtWriter(file).tableDump(kSeconds, entry);
    const auto records = recordsOf(file);
    ASSERT_EQ(records.size(), 1U);
    ASSERT_EQ(kindOf(records[0]), RecordKind::kTableDump);
    subtypes.insert(records[0].subtype);
    const auto read = decodeTableDump(records[0]);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->view, entry.view);
    EXPECT_EQ(read->sequence, entry.sequence);
    EXPECT_EQ(read->prefix, entry.prefix);
    EXPECT_EQ(read->status, 1);
    EXPECT_EQ(read->originated, entry.originated);
    EXPECT_EQ(read->peerAddress, entry.peerAddress);
    EXPECT_EQ(read->peerAsn, entry.peerAsn);
    EXPECT_EQ(read->asnSize, entry.asnSize);
    expectSame(read->attributes, attributes);
    EXPECT_EQ(read->attributesOffset, file.size() - attributes.size());
  }
  EXPECT_EQ(subtypes, (std::set<uint16_t>{1, 2, 3, 4}));
}

TEST(MrtWriter, MessageAndStateChange) {
  Random random(4);
  std::set<std::pair<uint16_t, uint16_t>> forms;
  for (int round = 0; round < 300; ++round) {
    const Session session = random.session();
    MrtTime time{random.number()};
    if (random.flip()) time.microseconds = random.below(1'000'000);
    Buffer message;
    appendMessage(message, static_cast<uint8_t>(random.number()), random.bytes(200));
    const MessageOptions options{random.flip(), random.flip()};
    const auto oldState = static_cast<SessionState>(random.below(8));
    const auto newState = static_cast<SessionState>(random.below(8));
    Buffer file;
    MrtWriter writer(file);
    writer.message(time, session, message, options);
    writer.stateChange(time, session, oldState, newState);

    const auto records = recordsOf(file);
    ASSERT_EQ(records.size(), 2U);
    for (const MrtRecord& record : records) {
      forms.insert({record.type, record.subtype});
      EXPECT_EQ(record.seconds, time.seconds);
      EXPECT_EQ(record.microseconds, time.microseconds.value_or(0));
    }
    ASSERT_EQ(kindOf(records[0]), RecordKind::kMessage);
    const auto read = decodeMessage(records[0]);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->session, session);
    EXPECT_EQ(read->addPath, options.addPath);
    EXPECT_EQ(read->local, options.local);
    expectSame(read->message, message);
    EXPECT_EQ(read->messageOffset + message.size(), records[1].offset);
    ASSERT_EQ(kindOf(records[1]), RecordKind::kStateChange);
    const auto change = decodeStateChange(records[1]);
    ASSERT_TRUE(change);
    EXPECT_EQ(*change, (Bgp4mpStateChange{session, oldState, newState}));
  }
  EXPECT_EQ(forms.size(), 2U * 10U) << "every subtype, with and without microseconds";
}

// A record cut anywhere is damage with the record's own place, never a crash or a half-read value.
TEST(MrtWriter, CutRecordsAreDamage) {
  Random random(5);
  Buffer file;
  MrtWriter writer(file);
  PeerIndexTable table{
      1, "v", {{1, random.address(Family::kIpv6), Asn{70000}}, {2, random.address(Family::kIpv4), Asn{1}}}};
  writer.peerIndexTable(kSeconds, table);
  RibRecord rib;
  rib.prefix = *Prefix::parse("10.2.0.0/15");
  writer.rib(kSeconds, rib, {});
  rib.generic = rib.addPath = true;
  writer.rib(kSeconds, rib, {});
  TableDumpEntry entry;
  entry.peerAddress = random.address(Family::kIpv4);
  writer.tableDump(kSeconds, entry);
  writer.stateChange({kSeconds}, random.session(), SessionState::kIdle, SessionState::kActive);
  for (const MrtRecord& whole : recordsOf(file)) {
    for (size_t size = 0; size < whole.body.size(); ++size) {
      MrtRecord record = whole;
      const Buffer body(whole.body.begin(), whole.body.begin() + static_cast<ptrdiff_t>(size));
      record.body = body;
      const auto check = [&](const auto& decoded) {
        ASSERT_FALSE(decoded) << record.type << "/" << record.subtype << " cut to " << size;
        EXPECT_EQ(decoded.error().kind, FindingKind::kDamage);
        EXPECT_EQ(decoded.error().offset, record.offset);
        EXPECT_EQ(decoded.error().length, record.raw.size());
        EXPECT_FALSE(decoded.error().what.empty());
      };
      switch (kindOf(record)) {
        case RecordKind::kPeerIndexTable:
          check(decodePeerIndexTable(record));
          break;
        case RecordKind::kRib:
          check(decodeRib(record));
          break;
        case RecordKind::kTableDump:
          check(decodeTableDump(record));
          break;
        case RecordKind::kStateChange:
          check(decodeStateChange(record));
          break;
        default:
          FAIL();
      }
    }
  }
}

TEST(MrtWriter, CutRibEntriesEndTheWalk) {
  const Buffer attributes(20, 1);
  const std::vector<RibEntry> entries{{1, 2, 0, attributes}, {3, 4, 0, attributes}};
  RibRecord rib;
  Buffer file;
  MrtWriter(file).rib(kSeconds, rib, entries);
  const auto read = decodeRib(recordsOf(file)[0]);
  ASSERT_TRUE(read);
  const size_t whole = read->entryBytes.size();
  for (size_t size = 0; size <= whole + 3; ++size) {
    Buffer bytes(read->entryBytes.begin(), read->entryBytes.end());
    bytes.resize(size);
    RibEntryCursor cursor(bytes, 2, false, 0, 1000);
    size_t count = 0;
    for (RibEntry entry; cursor.next(entry);) ++count;
    EXPECT_EQ(count, std::min<size_t>(size / 28, 2)) << size;
    EXPECT_EQ(cursor.ok(), size == whole) << size;
    EXPECT_EQ(cursor.offset(), 1000 + count * 28) << size;
  }
}

TEST(MrtWriter, BadValuesAreFindings) {
  struct Case {
    const char* what;
    FindingKind kind;
    uint16_t type;
    uint16_t subtype;
    Buffer body;
  };
  const Case cases[] = {
      {"prefix length 33 in a RIB record",
       FindingKind::kDamage,
       13,
       2,
       {0, 0, 0, 1, 33, 1, 2, 3, 4, 5, 0, 0}},
      {"prefix length 129 in a RIB record", FindingKind::kDamage, 13, 4, Buffer(40, 129)},
      {"RIB_GENERIC of address family 1, sub-family 128",
       FindingKind::kUnsupported,
       13,
       6,
       {0, 0, 0, 1, 0, 1, 128, 24, 1, 2, 3, 0, 0}},
      {"RIB_GENERIC of address family 25, sub-family 1",
       FindingKind::kUnsupported,
       13,
       6,
       {0, 0, 0, 1, 0, 25, 1, 24, 1, 2, 3, 0, 0}},
      {"prefix length 99 in a TABLE_DUMP record", FindingKind::kDamage, 12, 1, {0,  0, 0, 1, 10, 0, 0, 0,
                                                                                99, 1, 0, 0, 0,  0, 1, 2,
                                                                                3,  4, 0, 5, 0,  0}},
      {"peer index table counts more peers than it has room for",
       FindingKind::kDamage,
       13,
       1,
       {0, 0, 0, 1, 0, 0, 0xff, 0xff, 0, 0}},
  };
  for (const Case& c : cases) {
    Buffer file;
    MrtWriter(file).raw(kSeconds, c.type, c.subtype, c.body);
    const MrtRecord record = recordsOf(file)[0];
    const Finding expected{c.kind, 0, file.size(), c.what};
    if (c.type == 12) {
      const auto read = decodeTableDump(record);
      ASSERT_FALSE(read) << c.what;
      EXPECT_EQ(read.error(), expected);
    } else if (c.subtype == 1) {
      const auto read = decodePeerIndexTable(record);
      ASSERT_FALSE(read) << c.what;
      EXPECT_EQ(read.error(), expected);
    } else {
      const auto read = decodeRib(record);
      ASSERT_FALSE(read) << c.what;
      EXPECT_EQ(read.error(), expected);
    }
  }
}

TEST(MrtWriter, SessionOfAnotherAddressFamily) {
  Buffer file;
  MrtWriter(file).raw(kSeconds, 16, 1, Buffer{0, 1, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8});
  const auto read = decodeMessage(recordsOf(file)[0]);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(),
            (Finding{FindingKind::kUnsupported, 0, file.size(), "session of address family 3"}));
}

TEST(MrtWriter, MessagesOfAllTypes) {
  Buffer bytes;
  appendOpen(bytes, Asn{70000}, 180, 0x0a000001, Buffer{2, 0});
  auto message = decodeBgpMessage(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, MessageType::kOpen);
  EXPECT_EQ(Buffer(message->body.begin(), message->body.end()),
            (Buffer{4, 0x5b, 0xa0, 0, 180, 10, 0, 0, 1, 2, 2, 0}));
  bytes.clear();
  appendNotification(bytes, 6, 2, Buffer{9});
  message = decodeBgpMessage(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, MessageType::kNotification);
  EXPECT_EQ(Buffer(message->body.begin(), message->body.end()), (Buffer{6, 2, 9}));
  bytes.clear();
  appendKeepalive(bytes);
  EXPECT_EQ(bytes.size(), kBgpHeaderSize);
  EXPECT_EQ(decodeBgpMessage(bytes)->type, MessageType::kKeepalive);
}

}  // namespace
}  // namespace nightjar::wire
