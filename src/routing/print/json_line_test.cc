#include "routing/print/json_line.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "routing/wire/mrt_framer.h"
#include "routing/wire/mrt_writer.h"

namespace nightjar::print {
namespace {

using wire::AttributeWriter;
using wire::Buffer;
using wire::MrtWriter;
using wire::Nlri;

std::string print(const Buffer& file) {
  JsonLinePrinter printer;
  TextBuffer out;
  std::vector<wire::Finding> findings;
  wire::MrtFramer framer;
  framer.feed(file, true);
  while (framer.next() == wire::MrtFramer::Event::kRecord) printer.print(framer.record(), out, findings);
  return std::string(out.view());
}

wire::Session session(wire::AsnSize size = wire::AsnSize::kFour) {
  wire::Session session;
  session.peerAsn = {64500};
  session.localAsn = {64501};
  session.peerAddress = Address::ipv4(0xc0000201);
  session.localAddress = Address::ipv4(0xc0000202);
  session.asnSize = size;
  return session;
}

std::string announced(const Buffer& attributes, wire::AsnSize size = wire::AsnSize::kFour) {
  Buffer nlri;
  wire::appendNlri(nlri, {Prefix::parse("203.0.113.0/24").value(), 0});
  Buffer message;
  wire::appendUpdate(message, {}, attributes, nlri);
  Buffer file;
  MrtWriter(file).message({1641379500}, session(size), message);
  return print(file);
}

TEST(JsonWriter, WritesNumbersOfAnySize) {
  for (const uint64_t number : {uint64_t{0}, uint64_t{4294967295}, uint64_t{4294967296},
                                uint64_t{10000000000000001}, std::numeric_limits<uint64_t>::max()}) {
    TextBuffer out;
    JsonWriter(out).number(number);
    EXPECT_EQ(out.view(), std::to_string(number));
  }
}

TEST(JsonWriter, EscapesAnyBytes) {
  TextBuffer out;
  JsonWriter(out).text(std::string_view("a\"\\\n\0\xff~", 7));
  EXPECT_EQ(out.view(), R"("a\"\\\u000a\u0000\u00ff~")");
}

TEST(JsonWriter, PutsCommasBetweenMembers) {
  TextBuffer out;
  JsonWriter json(out);
  json.open('{');
  json.key("a");
  json.open('[');
  json.number(1);
  json.number(2);
  json.open('[');
  json.close(']');
  json.close(']');
  json.key("b");
  json.hex(Buffer{0, 0xff});
  json.close('}');
  EXPECT_EQ(out.view(), R"({"a":[1,2,[]],"b":"00ff"})");
}

TEST(JsonLine, NamesEveryAttribute) {
  const wire::PathSegment path[] = {{wire::SegmentType::kSequence, {{64500}}},
                                    {wire::SegmentType::kSet, {{1}, {2}}}};
  const uint32_t communities[] = {0xffffff01, 0x00010002};
  const wire::LargeCommunity large[] = {{1, 2, 4294967295}};
  const uint32_t clusters[] = {0x01020304};
  const Buffer odd{0xab};
  Buffer attributes;
  AttributeWriter(attributes)
      .origin(wire::Origin::kIgp)
      .asPath(std::span<const wire::PathSegment>(path))
      .nextHop(Address::ipv4(0xc0000203))
      .multiExitDisc(0)
      .localPref(4294967295)
      .atomicAggregate()
      .aggregator({{64500}, Address::ipv4(0xc0000204)})
      .communities(communities)
      .originatorId(Address::ipv4(0x05060708))
      .clusterList(clusters)
      .largeCommunities(large)
      .raw(0xc0, 99, odd);
  EXPECT_EQ(
      announced(attributes),
      R"({"type":"announce","time":"2022-01-05T10:45:00Z","record":"BGP4MP","peer_asn":64500,)"
      R"("peer_address":"192.0.2.1","prefix":"203.0.113.0/24","as_path":[64500,{"set":[1,2]}],"origin":"IGP",)"
      R"("next_hop":"192.0.2.3","med":0,"local_pref":4294967295,"atomic_aggregate":true,)"
      R"("aggregator":{"asn":64500,"address":"192.0.2.4"},"communities":["65535:65281","1:2"],)"
      R"("large_communities":["1:2:4294967295"],"originator_id":"5.6.7.8","cluster_list":["1.2.3.4"],)"
      R"("other_attributes":[{"type":99,"flags":192,"value":"ab"}]})"
      "\n");
}

TEST(JsonLine, TreatsAMalformedMessageAsAWithdrawal) {
  Buffer attributes;
  const Buffer odd{1, 2, 3};
  AttributeWriter(attributes)
      .origin(wire::Origin::kIgp)
      .asPath({{64500}})
      .nextHop(Address::ipv4(1))
      .raw(0xc0, 8, odd);
  const std::string text = announced(attributes);
  EXPECT_NE(text.find(R"({"type":"withdraw",)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("treated_as_withdraw":true})"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("kind":"treat-as-withdraw",)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("bytes":"c00803010203"})"), std::string::npos) << text;
}

TEST(JsonLine, MergesPathsOfTwoOctetSpeakers) {
  Buffer attributes;
  const wire::PathSegment path4{wire::SegmentType::kSequence, {{200100}}};
  AttributeWriter(attributes, wire::AsnSize::kTwo)
      .origin(wire::Origin::kIgp)
      .asPath({{64500}, kAsTrans})
      .nextHop(Address::ipv4(1))
      .as4Path({&path4, 1});
  const std::string text = announced(attributes, wire::AsnSize::kTwo);
  EXPECT_NE(text.find(R"("as_path":[64500,200100])"), std::string::npos) << text;
}

TEST(JsonLine, PrintsBytesOfRoutesOfOtherFamilies) {
  Buffer attributes;
  const Buffer evpn{0, 25, 70, 4, 192, 0, 2, 9, 0, 1, 2, 3};
  AttributeWriter(attributes)
      .origin(wire::Origin::kIgp)
      .asPath({{64500}})
      .nextHop(Address::ipv4(1))
      .raw(0x80, 14, evpn);
  EXPECT_NE(announced(attributes).find(R"("afi":25,"safi":70,"nlri":"010203")"), std::string::npos);
}

TEST(JsonLine, CutsTheBytesOfAFinding) {
  TextBuffer out;
  const Buffer bytes(5000, 0x11);
  appendFinding(out, {wire::FindingKind::kDamage, 7, 5000, "no record"}, bytes);
  EXPECT_EQ(out.view().rfind(
                R"({"type":"finding","kind":"damage","offset":7,"length":5000,"what":"no record",)", 0),
            0U);
  EXPECT_EQ(std::count(out.view().begin(), out.view().end(), '1'), 2 * 4096);
}

}  // namespace
}  // namespace nightjar::print
