#include "routing/print/bgpdump_line.h"

#include <gtest/gtest.h>

#include <string>

#include "routing/wire/mrt_framer.h"
#include "routing/wire/mrt_writer.h"

namespace nightjar::print {
namespace {

using wire::AttributeWriter;
using wire::Buffer;
using wire::MrtWriter;
using wire::Nlri;

struct Printed {
  std::string lines;
  std::vector<wire::Finding> findings;
};

Printed print(const Buffer& file) {
  BgpdumpLinePrinter printer;
  TextBuffer out;
  Printed printed;
  wire::MrtFramer framer;
  framer.feed(file, true);
  while (framer.next() == wire::MrtFramer::Event::kRecord)
    printer.print(framer.record(), out, printed.findings);
  printed.lines = out.view();
  return printed;
}

wire::Session session() {
  wire::Session session;
  session.peerAsn = {64500};
  session.localAsn = {64501};
  session.peerAddress = Address::ipv4(0xc0000201);
  session.localAddress = Address::ipv4(0xc0000202);
  return session;
}

Nlri route(std::string_view prefix) {
  return {Prefix::parse(prefix).value(), 0};
}

Buffer update(const Buffer& attributes, const std::vector<Nlri>& withdrawn,
              const std::vector<Nlri>& announced) {
  Buffer first;
  Buffer last;
  for (const Nlri& nlri : withdrawn) wire::appendNlri(first, nlri);
  for (const Nlri& nlri : announced) wire::appendNlri(last, nlri);
  Buffer message;
  wire::appendUpdate(message, first, attributes, last);
  return message;
}

TEST(BgpdumpLine, PrintsWithdrawnRoutesBeforeAnnouncedOnes) {
  Buffer attributes;
  AttributeWriter(attributes)
      .origin(wire::Origin::kEgp)
      .asPath({{64500}, {4200000000}})
      .nextHop(Address::ipv4(0xc0000203))
      .multiExitDisc(5)
      .localPref(100);
  Buffer file;
  MrtWriter(file).message(
      {10}, session(),
      update(attributes, {route("198.51.100.0/24")}, {route("203.0.113.0/24"), route("0.0.0.0/0")}));
  const Printed printed = print(file);
  EXPECT_EQ(printed.lines,
            "BGP4MP|10|W|192.0.2.1|64500|198.51.100.0/24\n"
            "BGP4MP|10|A|192.0.2.1|64500|203.0.113.0/24|64500 4200000000|EGP|192.0.2.3|100|5||NAG||\n"
            "BGP4MP|10|A|192.0.2.1|64500|0.0.0.0/0|64500 4200000000|EGP|192.0.2.3|100|5||NAG||\n");
  EXPECT_TRUE(printed.findings.empty());
}

TEST(BgpdumpLine, PrintsSegmentsInTheirBrackets) {
  using enum wire::SegmentType;
  const wire::PathSegment segments[] = {
      {kConfedSequence, {{1}, {2}}}, {kSequence, {{3}, {4}}}, {kSet, {{5}, {6}}}, {kConfedSet, {{7}, {8}}}};
  Buffer attributes;
  AttributeWriter(attributes)
      .origin(wire::Origin::kIgp)
      .asPath(std::span<const wire::PathSegment>(segments))
      .nextHop(Address::ipv4(1));
  Buffer file;
  MrtWriter(file).message({10}, session(), update(attributes, {}, {route("203.0.113.0/24")}));
  EXPECT_NE(print(file).lines.find("|(1 2) 3 4 {5,6} [7,8]|IGP|"), std::string::npos) << print(file).lines;
}

TEST(BgpdumpLine, PrintsMicrosecondsOfExtendedRecords) {
  Buffer file;
  MrtWriter(file).stateChange({10, 42}, session(), wire::SessionState::kActive,
                              wire::SessionState::kEstablished);
  EXPECT_EQ(print(file).lines, "BGP4MP_ET|10.000042|STATE|192.0.2.1|64500|3|6\n");
}

TEST(BgpdumpLine, TakesThePeersOfTheLastIndexTable) {
  Buffer file;
  MrtWriter mrt(file);
  const wire::Peer peer{1, Address::ipv4(0xc0000201), {64500}, wire::AsnSize::kFour};
  const wire::RibEntry entry{0, 5, 0, {}};
  const wire::RibRecord rib{.prefix = route("198.51.100.0/24").prefix};
  mrt.rib(10, rib, {&entry, 1});
  mrt.peerIndexTable(10, {1, "", {peer}});
  mrt.rib(11, rib, {&entry, 1});
  const Printed printed = print(file);
  EXPECT_EQ(printed.lines,
            "TABLE_DUMP2|11|B|192.0.2.1|64500|198.51.100.0/24||INCOMPLETE|255.255.255.255|0|0||NAG||\n");
  ASSERT_EQ(printed.findings.size(), 1U);
  EXPECT_EQ(printed.findings[0].kind, wire::FindingKind::kDamage);
  EXPECT_EQ(printed.findings[0].what, "a route is from peer 0, but the peer index table names 0 peers");
}

TEST(BgpdumpLine, TellsMalformedAttributesOfATable) {
  const Buffer badPath{0x40, 2, 6, 2, 9, 0, 0, 0, 1};
  const Buffer overrun{0x40, 1, 1, 0, 0x40, 3, 4, 192, 0};
  Buffer file;
  MrtWriter mrt(file);
  const wire::Peer peer{1, Address::ipv4(0xc0000201), {64500}, wire::AsnSize::kFour};
  mrt.peerIndexTable(10, {1, "", {peer}});
  const wire::RibEntry entries[] = {{0, 5, 0, badPath}, {0, 5, 0, overrun}};
  mrt.rib(10, {.prefix = route("198.51.100.0/24").prefix}, entries);
  const Printed printed = print(file);
  EXPECT_EQ(
      printed.lines,
      "TABLE_DUMP2|10|B|192.0.2.1|64500|198.51.100.0/24|! Error !|INCOMPLETE|255.255.255.255|0|0||NAG||\n"
      "TABLE_DUMP2|10|B|192.0.2.1|64500|198.51.100.0/24||IGP|255.255.255.255|0|0||NAG||\n");
  ASSERT_EQ(printed.findings.size(), 2U);
  EXPECT_EQ(printed.findings[0].what, "AS_PATH is malformed");
  EXPECT_EQ(printed.findings[0].offset, file.size() - overrun.size() - 8 - badPath.size());
  EXPECT_EQ(printed.findings[0].length, badPath.size());
  EXPECT_EQ(printed.findings[1].what, "path attribute runs past the end of the attributes");
  EXPECT_EQ(printed.findings[1].offset, file.size() - 5);
}

TEST(BgpdumpLine, PrintsWhatACutMessageStillHolds) {
  Buffer attributes;
  AttributeWriter(attributes).origin(wire::Origin::kIgp).asPath({{64500}}).nextHop(Address::ipv4(1));
  Buffer message = update(attributes, {}, {route("203.0.113.0/24"), route("198.51.100.0/24")});
  message.resize(message.size() - 2);
  Buffer file;
  MrtWriter(file).message({10}, session(), message);
  const Printed printed = print(file);
  EXPECT_EQ(printed.lines, "BGP4MP|10|A|192.0.2.1|64500|203.0.113.0/24|64500|IGP|0.0.0.1|0|0||NAG||\n");
  ASSERT_EQ(printed.findings.size(), 1U);
  EXPECT_EQ(printed.findings[0].kind, wire::FindingKind::kSessionReset);
}

TEST(BgpdumpLine, MarksAMalformedPath) {
  Buffer attributes;
  const uint8_t path[] = {2, 9, 0, 0, 0, 1};
  AttributeWriter(attributes).raw(wire::kTransitive, 2, path);
  Buffer file;
  MrtWriter(file).message({10}, session(), update(attributes, {}, {route("203.0.113.0/24")}));
  EXPECT_NE(print(file).lines.find("|! Error !|"), std::string::npos);
}

}  // namespace
}  // namespace nightjar::print
