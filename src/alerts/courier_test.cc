#include "alerts/courier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include "alerts/alerts_for_tests.h"
#include "alerts/secret.h"
#include "series/temporary_folder.h"

namespace nightjar::alerts {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kTwoChannels = R"(
    [[channel]]
    name = "desk"
    kind = "webhook"
    url = "http://127.0.0.1:1/"
    [[channel]]
    name = "night"
    kind = "slack"
    url = "http://127.0.0.1:2/")";

Message message(const std::string& id, const std::string& channel = "desk") {
  return {id,          channel, channel == "desk" ? ChannelKind::kWebhook : ChannelKind::kSlack,
          at("10:00"), "title", "body"};
}

// A channel answers what `fates` says of it; without a word it takes everything.
class FakeTransport : public Transport {
 public:
  Answer send(const Parcel& parcel) override {
    for (const std::string& header : parcel.headers) {
      if (header.starts_with("Idempotency-Key: "))
        sent.push_back(parcel.channel.name + " " + header.substr(17));
    }
    const auto fate = fates.find(parcel.channel.name);
    return {fate == fates.end() ? Answer::Fate::kDelivered : fate->second, "it said no"};
  }
  std::map<std::string, Answer::Fate> fates;
  std::vector<std::string> sent;
};

class CourierTest : public testing::Test {
 protected:
  void open() {
    courier_.reset();
    outbox_.reset();
    outbox_ = Outbox::open(folder_.file("outbox")).value();
    courier_ = std::make_unique<Courier>(
        configuration_, *outbox_, transport_,
        Surroundings{.now = [this] { return now_; },
                     .jitter = [] { return 0.0; },
                     .tell = [this](const std::string& line) { lines_.push_back(line); },
                     .stop = [] { return false; }});
  }
  void SetUp() override { open(); }
  void keep(const std::vector<Message>& messages) { ASSERT_TRUE(outbox_->keep(messages, {})); }
  std::optional<Time> deliver() {
    transport_.sent.clear();
    const auto due = courier_->deliver();
    EXPECT_TRUE(due) << due.error().describe();
    return due.value_or(std::nullopt);
  }

  series::TemporaryFolder folder_;
  Configuration configuration_ = configured("", kTwoChannels);
  FakeTransport transport_;
  Time now_ = at("10:00");
  std::vector<std::string> lines_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<Courier> courier_;
};

TEST_F(CourierTest, DeliversInOrderAndForgets) {
  keep({message("a"), message("b"), message("c", "night")});
  EXPECT_EQ(deliver(), std::nullopt);
  EXPECT_THAT(transport_.sent, ElementsAre("desk a", "night c", "desk b"));
  open();
  deliver();
  EXPECT_THAT(transport_.sent, IsEmpty());
}

TEST_F(CourierTest, AFailingChannelWaitsLongerEachTimeAndHoldsUpNoOther) {
  transport_.fates["desk"] = Answer::Fate::kLater;
  keep({message("a"), message("b"), message("c", "night")});
  EXPECT_EQ(deliver(), now_ + Seconds(5)) << "half of ten seconds, without jitter";
  EXPECT_THAT(transport_.sent, ElementsAre("desk a", "night c"));
  open();  // what was tried is remembered
  now_ += Seconds(4);
  deliver();
  EXPECT_THAT(transport_.sent, IsEmpty());
  now_ += Seconds(1);
  EXPECT_EQ(deliver(), now_ + Seconds(10));
  transport_.fates.clear();
  now_ += Seconds(10);
  EXPECT_EQ(deliver(), std::nullopt);
  EXPECT_THAT(transport_.sent, ElementsAre("desk a", "desk b"));
}

TEST_F(CourierTest, GivesUpAfterTwoDaysAndAtOnceWhenRefused) {
  transport_.fates = {{"desk", Answer::Fate::kRefused}, {"night", Answer::Fate::kLater}};
  keep({message("a"), message("c", "night")});
  deliver();
  EXPECT_EQ(outbox_->waiting(), 1);
  EXPECT_THAT(lines_, Contains(HasSubstr("desk: dropped, it said no")));
  now_ += std::chrono::hours(48);
  deliver();
  EXPECT_EQ(outbox_->waiting(), 0);
  EXPECT_THAT(lines_.back(), HasSubstr("night: dropped, given up"));
}

TEST_F(CourierTest, DropsWhatIsForAChannelThatIsNoMore) {
  configuration_.channels.pop_back();
  keep({message("c", "night")});
  deliver();
  EXPECT_THAT(transport_.sent, IsEmpty());
  EXPECT_EQ(outbox_->waiting(), 0);
}

TEST_F(CourierTest, AClockThatWasPutBackHoldsNothing) {
  transport_.fates["desk"] = Answer::Fate::kLater;
  keep({message("a")});
  deliver();
  now_ -= std::chrono::hours(24);
  deliver();
  EXPECT_THAT(transport_.sent, ElementsAre("desk a"));
}

TEST(BackOff, DoublesUpToAnHour) {
  EXPECT_EQ(backOff(1, 0), Seconds(5));
  EXPECT_EQ(backOff(1, 1), Seconds(10));
  EXPECT_EQ(backOff(4, 1), Seconds(80));
  EXPECT_EQ(backOff(1'000'000, 1), Seconds(3600));
}

TEST(Outbox, KeepsWhatWasTold) {
  const series::TemporaryFolder folder;
  Told told{Standing::kPartlyBack, 0.25, {}};
  told.at[1] = at("11:00");
  const auto path = folder.file("outbox");
  EXPECT_TRUE(Outbox::memoryIn(path)->empty());
  EXPECT_FALSE(std::filesystem::exists(path));
  {
    const auto outbox = Outbox::open(path);
    ASSERT_TRUE(outbox) << outbox.error().describe();
    ASSERT_TRUE((*outbox)->keep({}, {{{"desk", "KZ-1"}, told}}));
    EXPECT_EQ(Outbox::open(path).error().kind, ErrorKind::kConflict) << "two would send everything twice";
  }
  const auto memory = Outbox::memoryIn(path);
  ASSERT_TRUE(memory);
  ASSERT_EQ(memory->size(), 1U);
  const Told& read = memory->at({"desk", "KZ-1"});
  EXPECT_EQ(read.standing, told.standing);
  EXPECT_EQ(read.depth, told.depth);
  EXPECT_EQ(read.at, told.at);
}

TEST(Outbox, BothOrNeither) {
  const series::TemporaryFolder folder;
  const auto outbox = Outbox::open(folder.file("outbox")).value();
  ASSERT_TRUE(outbox->keep({message("a")}, {}));
  EXPECT_FALSE(outbox->keep({message("b"), message("a")}, {{{"desk", "KZ-1"}, Told{}}}))
      << "an id comes only once";
  EXPECT_EQ(outbox->waiting(), 1);
  EXPECT_TRUE(outbox->memory()->empty());
}

TEST(Outbox, RefusesFilesThatAreNotItsOwn) {
  const series::TemporaryFolder folder;
  ASSERT_TRUE(series::openStore(folder.file("store")));
  EXPECT_EQ(Outbox::open(folder.file("store")).error().kind, ErrorKind::kConflict);
  std::ofstream(folder.file("text"))
      << "no database, but longer than its header would be, whatever it says of itself.";
  EXPECT_EQ(Outbox::open(folder.file("text")).error().kind, ErrorKind::kConflict);
}

// The example that the libraries of Standard Webhooks are tested with.
TEST(Parcel, IsSignedAsStandardWebhooksSay) {
  setenv("NIGHTJAR_TEST_KEY", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1);
  const Channel channel{.name = "desk", .url = "http://x/", .secret = "env:NIGHTJAR_TEST_KEY"};
  const Message signedOne{"msg_p5jXN8AQM9LWM0D4loKWxJek", "desk", ChannelKind::kWebhook, {}, "",
                          R"({"test": 2432232314})"};
  const auto parcel = pack(channel, signedOne, Time(Seconds(1614265330)));
  ASSERT_TRUE(parcel) << parcel.error().describe();
  EXPECT_THAT(parcel->headers, Contains("webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek"));
  EXPECT_THAT(parcel->headers, Contains("webhook-timestamp: 1614265330"));
  EXPECT_THAT(parcel->headers,
              Contains("webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
  EXPECT_THAT(parcel->headers, Contains("Idempotency-Key: msg_p5jXN8AQM9LWM0D4loKWxJek"));
}

TEST(Secret, IsForItsOwnerOnly) {
  const series::TemporaryFolder folder;
  const std::string path = folder.file("key");
  EXPECT_EQ(secretAt("file:" + path).error().kind, ErrorKind::kIo);
  std::ofstream(path) << "hunter2\n";
  chmod(path.c_str(), 0644);
  EXPECT_EQ(secretAt("file:" + path).error().kind, ErrorKind::kInvalid);
  chmod(path.c_str(), 0600);
  EXPECT_EQ(secretAt("file:" + path), "hunter2");
  std::ofstream(path) << "\n";
  EXPECT_FALSE(secretAt("file:" + path));
  EXPECT_FALSE(secretAt("env:NIGHTJAR_NOT_SET"));
  EXPECT_EQ(secretAt(""), "");
}

}  // namespace
}  // namespace nightjar::alerts
