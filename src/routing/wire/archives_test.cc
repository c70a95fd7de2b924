// Real archives: every route that bgpdump prints is found, and nothing else.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "routing/wire/mrt_framer.h"
#include "routing/wire/table_dump.h"
#include "routing/wire/update.h"

namespace nightjar::wire {
namespace {

std::string unzip(const std::string& path) {
  std::string text;
  std::FILE* const pipe = popen(("gzip -dc '" + path + "'").c_str(), "r");
  if (pipe == nullptr) return text;
  std::array<char, 65536> chunk;
  while (const size_t n = std::fread(chunk.data(), 1, chunk.size(), pipe)) text.append(chunk.data(), n);
  EXPECT_EQ(pclose(pipe), 0) << path;
  return text;
}

struct Counts {
  size_t table = 0;
  size_t announced = 0;
  size_t withdrawn = 0;
  size_t states = 0;
  bool operator==(const Counts&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Counts& c) {
  return out << c.table << " in tables, " << c.announced << " announced, " << c.withdrawn << " withdrawn, "
             << c.states << " states";
}

// The third field of a line of bgpdump -m: B, A, W or STATE.
Counts countsOf(const std::string& golden) {
  Counts counts;
  size_t begin = 0;
  while (begin < golden.size()) {
    const size_t end = std::min(golden.find('\n', begin), golden.size());
    const size_t second = golden.find('|', golden.find('|', begin) + 1);
    switch (golden[second + 1]) {
      case 'B':
        ++counts.table;
        break;
      case 'A':
        ++counts.announced;
        break;
      case 'W':
        ++counts.withdrawn;
        break;
      case 'S':
        ++counts.states;
        break;
      default:
        ADD_FAILURE() << golden.substr(begin, end - begin);
    }
    begin = end + 1;
  }
  return counts;
}

// Routes of both sub-families up to damage, as bgpdump prints them; it knows nothing of RFC 7606.
size_t countRoutes(const NlriBlock& block, bool addPath) {
  size_t count = 0;
  if (!block.isIp()) return count;
  NlriCursor cursor(block.bytes, block.family(), addPath);
  while (cursor.skip()) ++count;
  return count;
}

void countMessage(const Bgp4mpMessage& record, Counts& counts) {
  const auto message = decodeBgpMessage(record.message);
  ASSERT_TRUE(message) << message.error().what;
  counts.withdrawn += countRoutes({kAfiIpv4, kSafiUnicast, message->withdrawn}, record.addPath);
  counts.announced += countRoutes({kAfiIpv4, kSafiUnicast, message->nlri}, record.addPath);
  AttributeCursor cursor(message->attributes);
  for (Attribute attribute; cursor.next(attribute);) {
    if (attribute.is(AttributeType::kMpReachNlri)) {
      counts.announced += countRoutes(decodeMpReach(attribute.value)->nlri, record.addPath);
    } else if (attribute.is(AttributeType::kMpUnreachNlri)) {
      counts.withdrawn += countRoutes(*decodeMpUnreach(attribute.value), record.addPath);
    }
  }
  EXPECT_TRUE(cursor.ok());
}

void countRib(const MrtRecord& record, Counts& counts) {
  const auto rib = decodeRib(record);
  ASSERT_TRUE(rib) << rib.error().what;
  RibEntryCursor cursor = rib->entries();
  for (RibEntry entry; cursor.next(entry);) ++counts.table;
  EXPECT_TRUE(cursor.ok());
}

void countRecord(const MrtRecord& record, Counts& counts) {
  switch (kindOf(record)) {
    case RecordKind::kPeerIndexTable:
      EXPECT_TRUE(decodePeerIndexTable(record));
      return;
    case RecordKind::kRib:
      return countRib(record, counts);
    case RecordKind::kTableDump:
      EXPECT_TRUE(decodeTableDump(record));
      ++counts.table;
      return;
    case RecordKind::kMessage: {
      const auto message = decodeMessage(record);
      ASSERT_TRUE(message) << message.error().what;
      return countMessage(*message, counts);
    }
    case RecordKind::kStateChange:
      EXPECT_TRUE(decodeStateChange(record));
      ++counts.states;
      return;
    case RecordKind::kUnsupported:
      ADD_FAILURE() << unsupported(record).what;
  }
}

TEST(Archives, HoldWhatBgpdumpPrints) {
  const std::filesystem::path folder = std::filesystem::path(NIGHTJAR_SHARED_DATA) / "mrt";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no archives at " << folder;
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    const std::string golden = path.substr(0, path.size() - 3) + ".bgpdump-vm.gz";
    if (!std::filesystem::exists(golden)) continue;
    SCOPED_TRACE(path);
    const std::string bytes = unzip(path);
    MrtFramer framer;
    framer.feed({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, true);
    Counts counts;
    while (framer.next() == MrtFramer::Event::kRecord) countRecord(framer.record(), counts);
    EXPECT_EQ(framer.offset(), bytes.size()) << "damage where there is none";
    EXPECT_FALSE(framer.truncatedTail());
    EXPECT_EQ(counts, countsOf(unzip(golden)));
    ++files;
  }
  EXPECT_GE(files, 8U);
}

}  // namespace
}  // namespace nightjar::wire
