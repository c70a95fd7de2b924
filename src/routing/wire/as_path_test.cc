#include "routing/wire/as_path.h"

#include <gtest/gtest.h>

#include "routing/wire/bgp_writer.h"

namespace nightjar::wire {
namespace {

using enum SegmentType;
using Segments = std::vector<PathSegment>;

PathSegment sequence(std::initializer_list<uint32_t> numbers, SegmentType type = kSequence) {
  PathSegment segment{type, {}};
  for (const uint32_t number : numbers) segment.asns.push_back(Asn{number});
  return segment;
}
PathSegment set(std::initializer_list<uint32_t> numbers) {
  return sequence(numbers, kSet);
}

// The value of an AS_PATH attribute (both its writers put the header in front).
Buffer valueOf(const Segments& segments, AsnSize asnSize) {
  Buffer attribute;
  AttributeWriter(attribute, asnSize).asPath(segments);
  const size_t head = (attribute[0] & kExtendedLength) != 0 ? 4 : 3;
  return {attribute.begin() + static_cast<ptrdiff_t>(head), attribute.end()};
}

Segments read(Bytes value, AsnSize asnSize, bool expectOk = true) {
  Segments segments;
  AsPathCursor cursor(value, asnSize);
  for (AsSegment segment; cursor.next(segment);) {
    PathSegment& copy = segments.emplace_back(PathSegment{segment.type, {}});
    for (size_t i = 0; i < segment.count; ++i) copy.asns.push_back(segment[i]);
    EXPECT_EQ(segment.last(), copy.asns.back());
  }
  EXPECT_EQ(cursor.ok(), expectOk);
  return segments;
}

TEST(AsPath, SegmentsReadAsTheyWereWritten) {
  const Segments path{sequence({64500, 3356}), set({10, 20}), sequence({7}, kConfedSequence),
                      sequence({8, 9}, kConfedSet)};
  EXPECT_EQ(read(valueOf(path, AsnSize::kTwo), AsnSize::kTwo), path);
  EXPECT_EQ(read(valueOf(path, AsnSize::kFour), AsnSize::kFour), path);
}

TEST(AsPath, LongSequenceIsSplit) {
  std::vector<Asn> hops(600, Asn{64500});
  Buffer attribute;
  AttributeWriter(attribute).asPath(std::span<const Asn>(hops));
  const Segments segments = read(Bytes(attribute).subspan(4), AsnSize::kFour);
  ASSERT_EQ(segments.size(), 3U);
  EXPECT_EQ(segments[2].asns.size(), 90U);
}

TEST(AsPath, MalformedSegmentsEndIt) {
  struct Case {
    const char* name;
    Buffer value;
    size_t position;
  };
  const Case cases[] = {
      {"unknown type", {2, 1, 0, 5, 5, 1, 0, 6}, 4}, {"type zero", {0, 1, 0, 5}, 0},
      {"no numbers", {2, 1, 0, 5, 2, 0}, 4},         {"overrun", {2, 2, 0, 5}, 0},
      {"one octet left", {2, 1, 0, 5, 2}, 4},
  };
  for (const Case& c : cases) {
    AsPathCursor cursor(c.value, AsnSize::kTwo);
    for (AsSegment segment; cursor.next(segment);) continue;
    EXPECT_FALSE(cursor.ok()) << c.name;
    EXPECT_EQ(cursor.position(), c.position) << c.name;
  }
}

TEST(AsPath, Origin) {
  struct Case {
    const char* name;
    Segments path;
    uint32_t origin;
  };
  const Case cases[] = {
      {"empty", {}, 0},
      {"one sequence", {sequence({64500, 3356, 9198})}, 9198},
      {"single hop", {sequence({9198})}, 9198},
      {"trailing set", {sequence({64500, 3356}), set({1, 2})}, 3356},
      {"two sets", {sequence({64500, 3356}), set({1, 2}), set({3})}, 3356},
      {"set only", {set({1, 2})}, 0},
      {"set in the middle", {sequence({64500}), set({1, 2}), sequence({5})}, 5},
      {"confederation only", {sequence({65001}, kConfedSequence)}, 0},
      {"confederation first", {sequence({65001}, kConfedSequence), sequence({64500, 7})}, 7},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(pathOrigin(valueOf(c.path, AsnSize::kFour), AsnSize::kFour), Asn{c.origin}) << c.name;
    EXPECT_EQ(pathOrigin(valueOf(c.path, AsnSize::kTwo), AsnSize::kTwo), Asn{c.origin}) << c.name;
  }
}

TEST(AsPath, OriginOfDamageIsUnknown) {
  EXPECT_EQ(pathOrigin(Buffer{2, 2, 0, 5}, AsnSize::kTwo), Asn{});
  EXPECT_EQ(pathOrigin(Buffer{2, 1, 0, 5, 9}, AsnSize::kTwo), Asn{});
  EXPECT_EQ(pathOrigin(Buffer{2, 1, 0, 5}, AsnSize::kFour), Asn{});
}

TEST(AsPath, Length) {
  const Segments path{sequence({1, 2, 3}), set({4, 5}), sequence({6}, kConfedSequence)};
  EXPECT_EQ(pathLength(valueOf(path, AsnSize::kFour), AsnSize::kFour), 4U);
}

// RFC 6793, section 4.2.3.
TEST(AsPath, MergesAs4Path) {
  constexpr uint32_t kTrans = 23456;
  struct Case {
    const char* name;
    Segments asPath;
    Segments as4Path;
    Segments merged;
  };
  const Case cases[] = {
      {"replaces the tail",
       {sequence({275, 250, kTrans, kTrans})},
       {sequence({131072, 196608})},
       {sequence({275, 250}), sequence({131072, 196608})}},
      {"replaces all", {sequence({kTrans, 10})}, {sequence({131072, 10})}, {sequence({131072, 10})}},
      {"no AS4_PATH", {sequence({275, kTrans})}, {}, {sequence({275, kTrans})}},
      {"AS4_PATH is longer: ignored", {sequence({275})}, {sequence({1, 2})}, {sequence({275})}},
      {"cuts a later segment",
       {sequence({1, 2}), set({3, 4}), sequence({5, 6})},
       {sequence({70000})},
       {sequence({1, 2}), set({3, 4}), sequence({5}), sequence({70000})}},
      {"sets count once",
       {sequence({1, kTrans}), set({3, kTrans})},
       {sequence({70000}), set({3, 70001})},
       {sequence({1}), sequence({70000}), set({3, 70001})}},
      {"confederation before the path is kept",
       {sequence({65001}, kConfedSequence), sequence({275, kTrans})},
       {sequence({70000})},
       {sequence({65001}, kConfedSequence), sequence({275}), sequence({70000})}},
      {"confederation in AS4_PATH is dropped",
       {sequence({275, kTrans})},
       {sequence({65001}, kConfedSequence), sequence({70000})},
       {sequence({275}), sequence({70000})}},
  };
  std::vector<uint8_t> merged{1, 2, 3};
  for (const Case& c : cases) {
    EXPECT_TRUE(mergeAs4Path(valueOf(c.asPath, AsnSize::kTwo), valueOf(c.as4Path, AsnSize::kFour), merged))
        << c.name;
    EXPECT_EQ(read(merged, AsnSize::kFour), c.merged) << c.name;
  }
}

TEST(AsPath, MergeKeepsAsPathWhenAs4PathIsMalformed) {
  std::vector<uint8_t> merged;
  EXPECT_TRUE(mergeAs4Path(valueOf({sequence({1, 2})}, AsnSize::kTwo), Buffer{2, 9, 0, 0, 0, 1}, merged));
  EXPECT_EQ(read(merged, AsnSize::kFour), Segments{sequence({1, 2})});
}

TEST(AsPath, MergeOfAMalformedPathKeepsItsBeginning) {
  std::vector<uint8_t> merged;
  EXPECT_FALSE(mergeAs4Path(Buffer{2, 1, 0, 5, 2, 9}, {}, merged));
  EXPECT_EQ(read(merged, AsnSize::kFour), Segments{sequence({5})});
}

}  // namespace
}  // namespace nightjar::wire
