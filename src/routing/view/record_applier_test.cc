#include "routing/view/record_applier.h"

#include <gtest/gtest.h>

#include "routing/view/geo_for_tests.h"
#include "routing/wire/mrt_framer.h"
#include "routing/wire/mrt_writer.h"

namespace nightjar::view {
namespace {

using namespace std::chrono_literals;

constexpr Time kStart{1641376800s};

// One peer with add-path, whose records go through the writer and the framer.
class RecordApplierTest : public testing::Test {
 protected:
  void message(std::initializer_list<wire::Nlri> withdrawn, std::initializer_list<wire::Nlri> announced,
               bool addPath, std::initializer_list<Asn> path = {Asn{65000}, Asn{64500}}) {
    wire::Buffer out, gone, attributes, nlri;
    for (const auto& route : withdrawn) wire::appendNlri(gone, route, addPath);
    for (const auto& route : announced) wire::appendNlri(nlri, route, addPath);
    if (announced.size() > 0) {
      wire::AttributeWriter(attributes).origin(wire::Origin::kIgp).asPath(path).nextHop(Address::ipv4(1));
    }
    wire::appendUpdate(out, gone, attributes, nlri);
    wire::MrtWriter(bytes_).message({0}, session_, out, {.addPath = addPath});
    apply();
  }
  void apply() {
    wire::MrtFramer framer;
    framer.feed(bytes_, true);
    while (framer.next() == wire::MrtFramer::Event::kRecord) applier_.apply(framer.record(), kStart);
    applier_.flush();
    bytes_.clear();
  }
  uint32_t tableSize() { return view_.table().tableSize(0, Family::kIpv4); }
  static wire::Nlri route(std::string_view prefix, uint32_t pathId = 0) {
    return {Prefix::parse(prefix).value(), pathId};
  }

  geo::GeoMap geo_ = geoOf({{"10.0.0.0/8", "KZ"}});
  Visibility view_{geo_, BinWidth()};
  std::vector<wire::Finding> findings_;
  RecordApplier applier_{view_, view_.peers().collector("rrc00"),
                         [this](const wire::Finding& finding) { findings_.push_back(finding); }};
  wire::Session session_{.peerAsn = Asn{65000},
                         .localAsn = Asn{12654},
                         .peerAddress = Address::ipv4(0xc0000201),
                         .localAddress = Address::ipv4(0xc0000202)};
  wire::Buffer bytes_;
};

TEST_F(RecordApplierTest, WithdrawingOnePathOfSeveralKeepsTheRoute) {
  message({}, {route("10.0.0.0/16", 1)}, true);
  message({}, {route("10.0.0.0/16", 2)}, true);
  message({route("10.0.0.0/16", 1)}, {}, true);
  EXPECT_EQ(tableSize(), 1U);
  message({route("10.0.0.0/16", 2)}, {}, true);
  EXPECT_EQ(tableSize(), 0U);
}

TEST_F(RecordApplierTest, ATreatAsWithdrawTakesTheRouteAway) {
  message({}, {route("10.0.0.0/16")}, false);
  EXPECT_EQ(tableSize(), 1U);
  message({}, {route("10.0.0.0/16")}, false,
          {});  // an empty AS_PATH from an external peer (RFC 7606, section 7.2)
  wire::Buffer attributes, nlri, out;
  wire::AttributeWriter(attributes)
      .raw(wire::kTransitive, 1, std::vector<uint8_t>{9})
      .asPath({Asn{65000}})
      .nextHop(Address::ipv4(1));
  wire::appendNlri(nlri, route("10.0.0.0/16"));
  wire::appendUpdate(out, {}, attributes, nlri);
  wire::MrtWriter(bytes_).message({0}, session_, out);
  apply();
  EXPECT_EQ(tableSize(), 0U);
  ASSERT_FALSE(findings_.empty());
  EXPECT_EQ(findings_.back().kind, wire::FindingKind::kTreatAsWithdraw);
}

TEST_F(RecordApplierTest, WhatTheCollectorSentItselfIsNoVote) {
  wire::Buffer attributes, nlri, out;
  wire::AttributeWriter(attributes).origin(wire::Origin::kIgp).asPath({Asn{12654}}).nextHop(Address::ipv4(1));
  wire::appendNlri(nlri, route("10.0.0.0/16"));
  wire::appendUpdate(out, {}, attributes, nlri);
  wire::MrtWriter(bytes_).message({0}, session_, out, {.local = true});
  apply();
  EXPECT_EQ(view_.table().prefixCount(), 0U);
}

TEST_F(RecordApplierTest, TableDumpsOfTheFirstVersionAreTables) {
  wire::MrtWriter writer(bytes_);
  wire::Buffer attributes;
  wire::AttributeWriter(attributes, wire::AsnSize::kTwo)
      .origin(wire::Origin::kIgp)
      .asPath({Asn{65000}, Asn{64500}})
      .nextHop(Address::ipv4(1));
  for (const char* prefix : {"10.0.0.0/16", "10.1.0.0/16"}) {
    for (uint32_t peer = 0; peer < 2; ++peer) {
      writer.tableDump(0, {.prefix = Prefix::parse(prefix).value(),
                           .peerAddress = Address::ipv4(0xc0000201 + peer),
                           .peerAsn = Asn{65000 + peer},
                           .attributes = attributes});
    }
  }
  apply();
  applier_.endOfDump(true);
  EXPECT_EQ(tableSize(), 2U);
  const ClosedBin closed = view_.close(Bin::of(kStart, BinWidth()));
  EXPECT_EQ(closed.coverage[0], 1.0F);
  EXPECT_EQ(view_.visiblePrefixes(Family::kIpv4), 2U);
}

TEST_F(RecordApplierTest, ARibRecordWithoutItsPeersIsTold) {
  wire::MrtWriter(bytes_).rib(0, {.prefix = Prefix::parse("10.0.0.0/16").value()}, {});
  apply();
  ASSERT_EQ(findings_.size(), 1U);
  EXPECT_EQ(findings_[0].what, "a RIB record without a PEER_INDEX_TABLE before it");
}

}  // namespace
}  // namespace nightjar::view
