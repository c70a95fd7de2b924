#include "routing/wire/mrt_framer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "routing/wire/mrt_writer.h"

namespace nightjar::wire {
namespace {

using Event = MrtFramer::Event;
using ::testing::ElementsAre;

constexpr uint32_t kStart = 1'296'165'600;  // 2011-01-27T22:00:00Z

// What a framer says about a file: "record OFFSET+LENGTH", "damage OFFSET+LENGTH", "tail OFFSET".
using Story = std::vector<std::string>;

std::string span(const char* what, uint64_t offset, uint64_t length) {
  return std::string(what) + " " + std::to_string(offset) + "+" + std::to_string(length);
}

// Reads as a caller does: keeps the unconsumed tail and appends `step` bytes at a time.
Story frame(const Buffer& file, size_t step) {
  Story story;
  MrtFramer framer;
  Buffer buffer;
  size_t taken = 0;
  for (;;) {
    const size_t more = std::min(step, file.size() - taken);
    const auto from = file.begin() + static_cast<ptrdiff_t>(taken);
    buffer.insert(buffer.end(), from, from + static_cast<ptrdiff_t>(more));
    taken += more;
    framer.feed(buffer, taken == file.size());
    Event event = framer.next();
    for (; event == Event::kRecord || event == Event::kDamage; event = framer.next()) {
      if (event == Event::kDamage) {
        story.push_back(span("damage", framer.damage().offset, framer.damage().length));
        continue;
      }
      const MrtRecord& record = framer.record();
      EXPECT_EQ(record.offset + record.raw.size(), framer.offset());
      EXPECT_TRUE(std::equal(record.raw.begin(), record.raw.end(),
                             file.begin() + static_cast<ptrdiff_t>(record.offset)));
      story.push_back(span("record", record.offset, record.raw.size()));
    }
    if (event == Event::kEnd) break;
    buffer.erase(buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(framer.consumed()));
    EXPECT_GT(framer.wanted(), buffer.size()) << "asks for bytes that it has";
    if (testing::Test::HasFailure()) return story;
  }
  EXPECT_EQ(framer.next(), Event::kEnd);
  if (framer.truncatedTail()) story.push_back("tail " + std::to_string(*framer.truncatedTail()));
  return story;
}

// The story, which must be the same in one piece and in crumbs.
Story tell(const Buffer& file) {
  const Story whole = frame(file, file.size() + 1);
  for (const size_t step : {1, 7, 64, 1000})
    EXPECT_EQ(frame(file, step), whole) << step << " bytes at a time";
  return whole;
}

Buffer keepalive() {
  Buffer message;
  appendKeepalive(message);
  return message;
}

Session session() {
  return {Asn{64500}, Asn{64501}, 0, Address::ipv4(0xc0000201), Address::ipv4(0xc0000202), AsnSize::kFour};
}

// `count` keepalives, one a second; each record has kRecordSize bytes.
constexpr size_t kRecordSize = 12 + 20 + 19;
Buffer keepalives(size_t count, uint32_t start = kStart) {
  Buffer file;
  MrtWriter writer(file);
  for (size_t i = 0; i < count; ++i)
    writer.message({start + static_cast<uint32_t>(i)}, session(), keepalive());
  EXPECT_EQ(file.size(), count * kRecordSize);
  return file;
}

TEST(MrtFramer, EmptyFileHasNoRecords) {
  EXPECT_THAT(tell({}), ElementsAre());
}

TEST(MrtFramer, RecordsInOrder) {
  EXPECT_THAT(tell(keepalives(3)), ElementsAre("record 0+51", "record 51+51", "record 102+51"));
}

TEST(MrtFramer, HeaderFieldsAndMicroseconds) {
  Buffer file;
  MrtWriter writer(file);
  writer.message({kStart, 123'456}, session(), keepalive());
  writer.stateChange({kStart + 1}, session(), SessionState::kIdle, SessionState::kConnect);
  MrtFramer framer;
  framer.feed(file, true);
  ASSERT_EQ(framer.next(), Event::kRecord);
  EXPECT_EQ(framer.record().seconds, kStart);
  EXPECT_EQ(framer.record().microseconds, 123'456U);
  EXPECT_EQ(framer.record().type, 17);
  EXPECT_EQ(framer.record().subtype, 4);
  EXPECT_EQ(framer.record().bodyOffset(), 16U);
  EXPECT_EQ(framer.record().body.size(), 20U + 19U);
  ASSERT_EQ(framer.next(), Event::kRecord);
  EXPECT_EQ(framer.record().microseconds, 0U);
  EXPECT_EQ(framer.record().bodyOffset(), framer.record().offset + 12);
}

TEST(MrtFramer, TimeStampsOf1970And2106AreData) {
  Buffer file = keepalives(1, 0);
  for (const uint32_t start : {0xffffffffU, 5U, kStart}) appendBytes(file, keepalives(1, start));
  EXPECT_THAT(tell(file), ElementsAre("record 0+51", "record 51+51", "record 102+51", "record 153+51"));
}

TEST(MrtFramer, CutAnywhereInTheLastRecordIsATail) {
  const Buffer file = keepalives(2);
  for (size_t size = kRecordSize + 1; size < file.size(); ++size) {
    const Buffer cut(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_THAT(tell(cut), ElementsAre("record 0+51", "tail 51")) << size;
  }
}

TEST(MrtFramer, SkipsTypesThatAreNotDecoded) {
  Buffer file = keepalives(1);
  MrtWriter writer(file);
  writer.raw(kStart, 32, 0, keepalive());  // ISIS
  writer.raw(kStart, 13, 7, keepalive());  // GEO_PEER_TABLE, RFC 6397
  writer.raw(kStart, 5, 1, keepalive());   // a deprecated type, twice
  writer.raw(kStart, 5, 1, keepalive());
  writer.raw(kStart, 48, 0, keepalive());   // OSPFv3
  writer.raw(kStart, 999, 1, keepalive());  // a type to come
  appendBytes(file, keepalives(1));
  EXPECT_THAT(tell(file), ElementsAre("record 0+51", "record 51+31", "record 82+31", "record 113+31",
                                      "record 144+31", "record 175+31", "record 206+31", "record 237+51"));
}

struct Damage {
  const char* name;
  void (*inflict)(Buffer& file);  // on ten keepalives; the fourth begins at 153, the fifth at 204
  Story after;                    // what is said of bytes 153 and on, up to the fifth whole record
};

void overwrite(Buffer& file, size_t at, std::initializer_list<uint8_t> bytes) {
  std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<ptrdiff_t>(at));
}
ptrdiff_t at(size_t i) {
  return static_cast<ptrdiff_t>(i);
}

const Damage kDamages[] = {
    {"type and length",
     [](Buffer& f) {
       overwrite(f, 157, {0xff, 0xff, 0, 4, 0xff, 0xff, 0xff, 0xff});
     },
     {"damage 153+51", "record 204+51"}},
    {"type alone",
     [](Buffer& f) {
       overwrite(f, 157, {0xab, 0xcd});
     },
     {"record 153+51", "record 204+51"}},
    {"length too large for any record",
     [](Buffer& f) {
       overwrite(f, 161, {0x01, 0, 0, 0x01});
     },
     {"damage 153+51", "record 204+51"}},
    {"length runs over other records",
     [](Buffer& f) {
       overwrite(f, 161, {0, 0, 0, 70});
     },
     {"damage 153+51", "record 204+51"}},
    {"length runs past the end",
     [](Buffer& f) {
       overwrite(f, 161, {0, 1, 0, 0});
     },
     {"damage 153+51", "record 204+51"}},
    {"length too short",
     [](Buffer& f) {
       overwrite(f, 161, {0, 0, 0, 30});
     },
     {"record 153+42", "damage 195+9", "record 204+51"}},
    {"bytes lost inside the body",
     [](Buffer& f) { f.erase(f.begin() + at(180), f.begin() + at(190)); },
     {"damage 153+41", "record 194+51"}},
    {"bytes lost with a header",
     [](Buffer& f) { f.erase(f.begin() + at(150), f.begin() + at(170)); },
     {"damage 153+31", "record 184+51"}},
    {"noise between records",
     [](Buffer& f) {
       f.insert(f.begin() + at(204), {0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4, 5});
     },
     {"record 153+51", "damage 204+13", "record 217+51"}},
    {"a hole of zero bytes",
     [](Buffer& f) { std::fill(f.begin() + at(153), f.begin() + at(153 + 2 * 51), uint8_t{0}); },
     {"damage 153+102", "record 255+51"}},
};

TEST(MrtFramer, FindsTheNextRecordAfterDamage) {
  for (const Damage& damage : kDamages) {
    SCOPED_TRACE(damage.name);
    Buffer file = keepalives(10);
    damage.inflict(file);
    const Story story = tell(file);
    const auto from = std::find(story.begin(), story.end(), damage.after.front());
    ASSERT_NE(from, story.end()) << testing::PrintToString(story);
    ASSERT_GE(static_cast<size_t>(story.end() - from), damage.after.size());
    EXPECT_EQ(Story(from, from + static_cast<ptrdiff_t>(damage.after.size())), damage.after)
        << testing::PrintToString(story);
    EXPECT_EQ(story.back(), span("record", file.size() - kRecordSize, kRecordSize));
  }
}

TEST(MrtFramer, DamageSaysWhatStoodThere) {
  Buffer file = keepalives(4);
  overwrite(file, 55, {0x20, 0x20, 0, 4, 0xff, 0xff, 0xff, 0xff});
  MrtFramer framer;
  framer.feed(file, true);
  ASSERT_EQ(framer.next(), Event::kRecord);
  ASSERT_EQ(framer.next(), Event::kDamage);
  EXPECT_EQ(framer.damage(), (Finding{FindingKind::kDamage, 51, 51,
                                      "no MRT record: type 8224, subtype 4, length 4294967295"}));
}

TEST(MrtFramer, FileThatIsNoMrtIsOneDamage) {
  const std::string page = "<!DOCTYPE html><html><head><title>Not found</title></head></html>";
  const Buffer file(page.begin(), page.end());
  EXPECT_THAT(tell(file), ElementsAre(span("damage", 0, page.size())));
}

TEST(MrtFramer, DamageAtTheEndLeavesTheRecordsBefore) {
  Buffer file = keepalives(2);
  file.insert(file.end(), 40, 0xff);
  EXPECT_THAT(tell(file), ElementsAre("record 0+51", "record 51+51", "damage 102+40"));
}

// While searching, a time far from the last good one is not believed.
TEST(MrtFramer, SearchWantsANearTime) {
  Buffer file = keepalives(2);
  const Buffer noise(30, 0xff);
  appendBytes(file, noise);
  appendBytes(file, keepalives(2, kStart + 10 * 86400));
  appendBytes(file, keepalives(2, kStart + 3600));
  EXPECT_THAT(tell(file),
              ElementsAre("record 0+51", "record 51+51", "damage 102+132", "record 234+51", "record 285+51"));
}

TEST(MrtFramer, LongestRecordIsRead) {
  Buffer file;
  MrtWriter(file).raw(kStart, 13, 2, Buffer(kMaxRecordLength, 0));
  EXPECT_THAT(frame(file, 1 << 20), ElementsAre(span("record", 0, file.size())));
  MrtWriter(file).raw(kStart, 13, 2, Buffer(kMaxRecordLength + 1, 0));
  EXPECT_THAT(frame(file, 1 << 20),
              ElementsAre(span("record", 0, 12 + kMaxRecordLength),
                          span("damage", 12 + kMaxRecordLength, 13 + kMaxRecordLength)));
}

// Every twelfth byte begins a likely header that can only be judged a megabyte later, read in small pieces.
TEST(MrtFramer, HostileBytesCostLinearTime) {
  Buffer file;
  for (uint32_t i = 0; i < 200'000; ++i) {
    appendU32(file, kStart);
    appendU16(file, 13);
    appendU16(file, 2);
    appendU32(file, kMaxSearchLength - 12 * (i % 80));  // never leads to another of them
  }
  const auto start = std::chrono::steady_clock::now();
  frame(file, 32);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(took.count(), 6.0);  // a search that starts over with each piece takes far longer
}

}  // namespace
}  // namespace nightjar::wire
