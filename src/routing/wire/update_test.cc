#include "routing/wire/update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "routing/wire/bgp_writer.h"

namespace nightjar::wire {
namespace {

using enum AttributeType;
using enum FindingKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint64_t kMessageOffset = 5000;
const Address kHop = Address::ipv4(0xc0000201);
const Address kHop6 = *Address::parse("2001:db8::1");

Prefix prefix(const char* text) {
  return *Prefix::parse(text);
}
Buffer routes(std::initializer_list<const char*> texts) {
  Buffer bytes;
  for (const char* text : texts) appendPrefix(bytes, prefix(text));
  return bytes;
}

struct Outcome {
  Update update;
  std::vector<Finding> findings;
  std::vector<std::string> withdrawn;
  std::vector<std::string> announced;
};

Outcome decode(const Buffer& message, UpdateContext context = {}) {
  context.offset = kMessageOffset;
  const Buffer exact(message);
  Outcome outcome;
  outcome.update = decodeUpdate(exact, context, outcome.findings);
  const auto into = [&](std::vector<std::string>& list) {
    return [&list, &context](const Nlri& nlri) {
      list.push_back(nlri.prefix.text() + (context.addPath ? "#" + std::to_string(nlri.pathId) : ""));
    };
  };
  outcome.update.forEachWithdrawn(into(outcome.withdrawn));
  outcome.update.forEachAnnounced(into(outcome.announced));
  return outcome;
}

// ORIGIN, AS_PATH and NEXT_HOP of a plain route.
void plain(AttributeWriter& writer) {
  writer.origin(Origin::kIgp).asPath({Asn{64500}, Asn{9198}}).nextHop(kHop);
}

TEST(Update, RoutesOfAllFourFields) {
  Buffer attributes;
  AttributeWriter writer(attributes);
  plain(writer);
  writer.mpUnreach(Family::kIpv6, std::vector<Nlri>{{prefix("2001:db8:1::/48"), 0}});
  writer.mpReach(Family::kIpv6, std::vector{kHop6}, std::vector<Nlri>{{prefix("2001:db8:2::/48"), 0}});
  Buffer message;
  appendUpdate(message, routes({"10.1.0.0/16", "10.2.0.0/16"}), attributes, routes({"10.3.0.0/16"}));
  const Outcome o = decode(message);
  EXPECT_THAT(o.findings, IsEmpty());
  EXPECT_EQ(o.update.worst, std::nullopt);
  EXPECT_EQ(o.update.origin, Asn{9198});
  EXPECT_THAT(o.withdrawn, ElementsAre("10.1.0.0/16", "10.2.0.0/16", "2001:db8:1::/48"));
  EXPECT_THAT(o.announced, ElementsAre("2001:db8:2::/48", "10.3.0.0/16"));
}

TEST(Update, AddPath) {
  const std::vector<Nlri> v6{{prefix("2001:db8::/32"), 7}};
  Buffer attributes;
  AttributeWriter writer(attributes);
  plain(writer);
  writer.mpReach(Family::kIpv6, std::vector{kHop6}, v6, true);
  Buffer withdrawn;
  Buffer nlri;
  appendNlri(withdrawn, {prefix("10.1.0.0/16"), 1}, true);
  appendNlri(nlri, {prefix("10.2.0.0/16"), 2}, true);
  Buffer message;
  appendUpdate(message, withdrawn, attributes, nlri);
  const Outcome o = decode(message, {.addPath = true});
  EXPECT_THAT(o.findings, IsEmpty());
  EXPECT_THAT(o.withdrawn, ElementsAre("10.1.0.0/16#1"));
  EXPECT_THAT(o.announced, ElementsAre("2001:db8::/32#7", "10.2.0.0/16#2"));
}

TEST(Update, MulticastIsNotForTheUnicastTable) {
  Buffer attributes;
  AttributeWriter writer(attributes);
  plain(writer);
  writer.mpReach(Family::kIpv4, std::vector{kHop}, std::vector<Nlri>{{prefix("10.0.0.0/8"), 0}}, false,
                 kSafiMulticast);
  Buffer message;
  appendUpdate(message, {}, attributes, {});
  const Outcome o = decode(message);
  EXPECT_THAT(o.findings, IsEmpty());
  EXPECT_THAT(o.announced, IsEmpty());
  EXPECT_TRUE(o.update.blocks[2].isIp());
}

TEST(Update, TwoOctetSpeaker) {
  Buffer attributes;
  AttributeWriter(attributes, AsnSize::kTwo)
      .origin(Origin::kIgp)
      .asPath({Asn{64500}, Asn{131072}})
      .nextHop(kHop)
      .aggregator({Asn{131072}, kHop})
      .as4Path(std::vector<PathSegment>{{SegmentType::kSequence, {Asn{131072}}}})
      .as4Aggregator({Asn{131072}, kHop});
  Buffer message;
  appendUpdate(message, {}, attributes, routes({"10.3.0.0/16"}));
  const Outcome o = decode(message, {.asnSize = AsnSize::kTwo});
  EXPECT_THAT(o.findings, IsEmpty());
  EXPECT_EQ(o.update.origin, Asn{131072});
}

TEST(Update, OtherMessagesCarryNoRoutes) {
  Buffer message;
  appendOpen(message, Asn{64500}, 90, 1);
  const Outcome o = decode(message);
  EXPECT_EQ(o.update.type, MessageType::kOpen);
  EXPECT_THAT(o.findings, IsEmpty());
  EXPECT_THAT(o.announced, IsEmpty());
}

TEST(Update, EndOfRibIsGood) {  // RFC 4724, section 2
  Buffer message;
  appendUpdate(message, {}, {}, {});
  EXPECT_THAT(decode(message).findings, IsEmpty());
}

// One attribute is put behind the plain ones (or in place of the one of its type); 10.1/16 is withdrawn,
// 10.3/16 and 2001:db8:3::/48 are announced.
struct AttributeCase {
  const char* what;  // of the finding, empty for none
  std::optional<FindingKind> verdict;
  uint8_t flags;
  uint8_t type;
  Buffer value;
};

constexpr uint8_t kWellKnown = 0x40;
constexpr uint8_t kOptTrans = 0xc0;
constexpr uint8_t kOptNon = 0x80;

const AttributeCase kAttributeCases[] = {
    {"", std::nullopt, kOptTrans, 200, {1, 2, 3}},
    {"", std::nullopt, kOptTrans | kPartial, 8, {1, 2, 3, 4}},
    {"", std::nullopt, kWellKnown, 5, {0, 0, 0, 100}},
    {"ORIGIN is malformed", kTreatAsWithdraw, kWellKnown, 1, {3}},
    {"ORIGIN is malformed", kTreatAsWithdraw, kWellKnown, 1, {}},
    {"AS_PATH is malformed", kTreatAsWithdraw, kWellKnown, 2, {2, 2, 0, 0, 0, 5}},
    {"AS_PATH is malformed", kTreatAsWithdraw, kWellKnown, 2, {7, 1, 0, 0, 0, 5}},
    {"AS_PATH is malformed", kTreatAsWithdraw, kWellKnown, 2, {2, 0}},
    {"AS_PATH is malformed", kTreatAsWithdraw, kWellKnown, 2, {2, 1, 0, 0, 0, 0}},
    {"", std::nullopt, kWellKnown, 2, {}},
    {"NEXT_HOP is malformed", kTreatAsWithdraw, kWellKnown, 3, {1, 2, 3}},
    {"MULTI_EXIT_DISC is malformed", kTreatAsWithdraw, kOptNon, 4, {1}},
    {"LOCAL_PREF is malformed", kAttributeDiscard, kWellKnown, 5, {1}},
    {"ATOMIC_AGGREGATE is malformed", kAttributeDiscard, kWellKnown, 6, {1}},
    {"AGGREGATOR is malformed", kAttributeDiscard, kOptTrans, 7, {0, 1, 1, 2, 3, 4}},
    {"AGGREGATOR is malformed", kAttributeDiscard, kOptTrans, 7, {0, 0, 0, 0, 1, 2, 3, 4}},
    {"COMMUNITIES is malformed", kTreatAsWithdraw, kOptTrans, 8, {1, 2, 3, 4, 5}},
    {"COMMUNITIES is malformed", kTreatAsWithdraw, kOptTrans, 8, {}},
    {"ORIGINATOR_ID is malformed", kAttributeDiscard, kOptNon, 9, {1}},
    {"CLUSTER_LIST is malformed", kAttributeDiscard, kOptNon, 10, {1}},
    {"EXTENDED COMMUNITIES is malformed", kTreatAsWithdraw, kOptTrans, 16, {1, 2, 3, 4}},
    {"IPv6 EXTENDED COMMUNITIES is malformed", kTreatAsWithdraw, kOptTrans, 25, {1, 2, 3, 4}},
    {"LARGE_COMMUNITY is malformed", kTreatAsWithdraw, kOptTrans, 32, {1, 2, 3, 4}},
    {"AS4_PATH is malformed", kAttributeDiscard, kOptTrans, 17, {2, 1}},
    {"AS4_AGGREGATOR is malformed", kAttributeDiscard, kOptTrans, 18, {1, 2, 3, 4, 5, 6}},
    {"ORIGIN has wrong flags", kTreatAsWithdraw, kOptTrans, 1, {0}},
    {"COMMUNITIES has wrong flags", kTreatAsWithdraw, kOptNon, 8, {1, 2, 3, 4}},
    {"well-known attribute 200 is not known", kSessionReset, kWellKnown, 200, {}},
    {"MP_REACH_NLRI is malformed", kSessionReset, kOptNon, 14, {0, 2, 1, 16}},
    {"MP_REACH_NLRI is malformed", kSessionReset, kOptNon, 14, {0, 2, 1, 4, 1, 2, 3, 4, 0}},
    {"MP_REACH_NLRI is malformed", kSessionReset, kOptNon, 14, {4, 1, 2, 3, 4}},
    {"MP_UNREACH_NLRI is malformed", kSessionReset, kOptNon, 15, {0, 2}},
};

TEST(Update, ErrorsInOneAttribute) {
  for (const AttributeCase& c : kAttributeCases) {
    SCOPED_TRACE(std::string(c.what) + ", type " + std::to_string(c.type));
    Buffer attributes;
    AttributeWriter writer(attributes);
    const auto keep = [&](AttributeType type) { return static_cast<uint8_t>(type) != c.type; };
    if (keep(kOrigin)) writer.origin(Origin::kIgp);
    if (keep(kAsPath)) writer.asPath({Asn{64500}, Asn{9198}});
    if (keep(kNextHop)) writer.nextHop(kHop);
    const size_t at = attributes.size();
    writer.raw(c.flags, c.type, c.value);
    const size_t length = attributes.size() - at;
    if (keep(kMpReachNlri)) {
      writer.mpReach(Family::kIpv6, std::vector{kHop6}, std::vector<Nlri>{{prefix("2001:db8:3::/48"), 0}});
    }
    const Buffer withdrawn = routes({"10.1.0.0/16"});
    Buffer message;
    appendUpdate(message, withdrawn, attributes, routes({"10.3.0.0/16"}));
    const Outcome o = decode(message);
    EXPECT_EQ(o.update.worst, c.verdict);
    EXPECT_EQ(o.update.attributes.size(), attributes.size()) << "the raw bytes stay reachable";
    if (!c.verdict) {
      EXPECT_THAT(o.findings, IsEmpty());
    } else {
      const uint64_t where = kMessageOffset + kBgpHeaderSize + 2 + withdrawn.size() + 2 + at;
      EXPECT_THAT(o.findings, ElementsAre(Finding{*c.verdict, where, length, c.what}));
    }
    if (!c.verdict || *c.verdict == kAttributeDiscard) {
      EXPECT_THAT(o.withdrawn, ElementsAre("10.1.0.0/16"));
      EXPECT_THAT(o.announced, ElementsAre("2001:db8:3::/48", "10.3.0.0/16"));
      EXPECT_EQ(o.update.origin, c.type == 2 ? Asn{} : Asn{9198});
    } else if (*c.verdict == kTreatAsWithdraw) {
      EXPECT_THAT(o.withdrawn, ElementsAre("10.1.0.0/16", "2001:db8:3::/48", "10.3.0.0/16"));
      EXPECT_THAT(o.announced, IsEmpty());
    } else {
      EXPECT_THAT(o.withdrawn, IsEmpty());
      EXPECT_THAT(o.announced, IsEmpty());
    }
  }
}

// RFC 7606, section 7.5, 7.9, 7.10: inside an AS these attributes matter.
TEST(Update, InternalSessionJudgesMore) {
  for (const uint8_t type : {5, 9, 10}) {
    Buffer attributes;
    AttributeWriter writer(attributes);
    plain(writer);
    writer.raw(type == 5 ? kWellKnown : kOptNon, type, Buffer{1});
    Buffer message;
    appendUpdate(message, {}, attributes, routes({"10.3.0.0/16"}));
    EXPECT_EQ(decode(message, {.internal = true}).update.worst, kTreatAsWithdraw) << int{type};
    EXPECT_EQ(decode(message).update.worst, kAttributeDiscard) << int{type};
  }
}

TEST(Update, MissingAttributes) {
  struct Case {
    const char* what;
    void (*write)(AttributeWriter&);
    bool nlri;
  };
  const Case cases[] = {
      {"ORIGIN is missing", [](AttributeWriter& w) { w.asPath({Asn{1}}).nextHop(kHop); }, true},
      {"AS_PATH is missing", [](AttributeWriter& w) { w.origin(Origin::kIgp).nextHop(kHop); }, true},
      {"NEXT_HOP is missing", [](AttributeWriter& w) { w.origin(Origin::kIgp).asPath({Asn{1}}); }, true},
      {"AS_PATH is missing",
       [](AttributeWriter& w) {
         w.origin(Origin::kIgp)
             .mpReach(Family::kIpv6, std::vector{kHop6}, std::vector<Nlri>{{prefix("::/0"), 0}});
       },
       false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Buffer attributes;
    AttributeWriter writer(attributes);
    c.write(writer);
    Buffer message;
    appendUpdate(message, {}, attributes, c.nlri ? routes({"10.3.0.0/16"}) : Buffer{});
    const Outcome o = decode(message);
    EXPECT_THAT(o.findings,
                ElementsAre(Finding{kTreatAsWithdraw, kMessageOffset + 23, attributes.size(), c.what}));
    EXPECT_EQ(o.withdrawn.size(), 1U);
  }
  Buffer attributes;  // no NEXT_HOP is needed for MP_REACH_NLRI alone
  AttributeWriter(attributes)
      .origin(Origin::kIgp)
      .asPath({Asn{1}})
      .mpReach(Family::kIpv6, std::vector{kHop6}, std::vector<Nlri>{{prefix("::/0"), 0}});
  Buffer message;
  appendUpdate(message, {}, attributes, {});
  EXPECT_THAT(decode(message).findings, IsEmpty());
}

TEST(Update, RepeatedAttributes) {
  Buffer attributes;
  AttributeWriter writer(attributes);
  plain(writer);
  for (int i = 0; i < 3; ++i) writer.asPath({Asn{64500}, Asn{666}});
  Buffer message;
  appendUpdate(message, {}, attributes, routes({"10.3.0.0/16"}));
  Outcome o = decode(message);
  ASSERT_EQ(o.findings.size(), 1U) << "one finding however often it is repeated";
  EXPECT_EQ(o.findings[0].what, "AS_PATH appears more than once");
  EXPECT_EQ(o.update.worst, kAttributeDiscard);
  EXPECT_EQ(o.update.origin, Asn{9198}) << "the first one counts";

  writer.mpUnreach(Family::kIpv6, {}).mpUnreach(Family::kIpv6, {});
  message.clear();
  appendUpdate(message, {}, attributes, routes({"10.3.0.0/16"}));
  o = decode(message);
  EXPECT_EQ(o.update.worst, kSessionReset);
  EXPECT_EQ(o.findings.back().what, "MP_UNREACH_NLRI appears more than once");
}

TEST(Update, AttributeThatRunsOverLeavesTheRoutes) {
  Buffer attributes;
  AttributeWriter writer(attributes);
  plain(writer);
  appendBytes(attributes, Buffer{0xc0, 8, 200, 1});
  Buffer message;
  appendUpdate(message, {}, attributes, routes({"10.3.0.0/16"}));
  const Outcome o = decode(message);
  EXPECT_THAT(o.findings, ElementsAre(Finding{kTreatAsWithdraw, kMessageOffset + 23 + attributes.size() - 4,
                                              4, "path attribute runs past the end of the attributes"}));
  EXPECT_THAT(o.withdrawn, ElementsAre("10.3.0.0/16"));
}

TEST(Update, BrokenRoutesResetTheSession) {
  const Buffer broken{16, 10, 1, 40, 1, 2, 3, 4, 5};
  Buffer message;
  appendUpdate(message, broken, {}, {});
  Outcome o = decode(message);
  EXPECT_THAT(o.findings,
              ElementsAre(Finding{kSessionReset, kMessageOffset + 21 + 3, 6, "route is too long or cut"}));
  EXPECT_THAT(o.withdrawn, IsEmpty());

  Buffer attributes;
  AttributeWriter writer(attributes);
  plain(writer);
  message.clear();
  appendUpdate(message, {}, attributes, broken);
  o = decode(message);
  EXPECT_EQ(o.update.worst, kSessionReset);
  EXPECT_THAT(o.announced, IsEmpty());

  attributes.clear();
  plain(writer);
  writer.raw(kOptNon, 15, Buffer{0, 2, 1, 200});
  message.clear();
  appendUpdate(message, {}, attributes, {});
  EXPECT_EQ(decode(message).update.worst, kSessionReset);
}

TEST(Update, UnusableFrames) {
  Buffer good;
  appendUpdate(good, routes({"10.1.0.0/16"}), {}, {});
  struct Case {
    const char* what;
    Buffer message;
  };
  const auto with = [&](size_t at, std::initializer_list<uint8_t> bytes) {
    Buffer message = good;
    std::copy(bytes.begin(), bytes.end(), message.begin() + static_cast<ptrdiff_t>(at));
    return message;
  };
  const Case cases[] = {
      {"message ends inside its header", {}},
      {"message ends inside its header", Buffer(good.begin(), good.begin() + 18)},
      {"marker is not all ones", with(15, {0xfe})},
      {"message length 18 is below the header's", with(16, {0, 18})},
      {"message is cut: 26 of 27 octets", with(16, {0, 27})},
      {"message is cut: 20 of 26 octets", Buffer(good.begin(), good.begin() + 20)},
      {"lengths inside the UPDATE do not fit it", with(19, {0, 4})},
      {"lengths inside the UPDATE do not fit it", with(16, {0, 22})},
      {"lengths inside the UPDATE do not fit it", with(24, {0, 1})},
  };
  for (const Case& c : cases) {
    const Outcome o = decode(c.message);
    EXPECT_THAT(o.findings, ElementsAre(Finding{kSessionReset, kMessageOffset, c.message.size(), c.what}));
    EXPECT_THAT(o.withdrawn, IsEmpty());
  }
}

TEST(Update, ContextOfARecord) {
  Bgp4mpMessage record;
  record.session = {Asn{1}, Asn{1}, 0, {}, {}, AsnSize::kTwo};
  record.addPath = true;
  record.messageOffset = 77;
  const UpdateContext context = UpdateContext::of(record);
  EXPECT_EQ(context.asnSize, AsnSize::kTwo);
  EXPECT_TRUE(context.addPath);
  EXPECT_TRUE(context.internal);
  EXPECT_EQ(context.offset, 77U);
}

}  // namespace
}  // namespace nightjar::wire
