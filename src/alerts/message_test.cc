#include "alerts/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "alerts/alerts_for_tests.h"

namespace nightjar::alerts {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kMore =
    R"(,"name":"Kazakhstan","confidence":0.98,"simulation":"an episode","children":[{"entity":)"
    R"("AS9198@KZ","name":"Kazakhtelecom <&>","kind":"withdrawn","depth":0.97}])";

Configuration withChannel(const std::string& channel) {
  Configuration configuration = configured("", "[[channel]]\nname = \"desk\"\n" + channel);
  configuration.base_url = "https://nightjar.example";
  return configuration;
}

Message write(const Configuration& configuration, const Outage& outage, Event event) {
  return writeMessage(configuration, {0, event, {&outage}}, at("12:05"));
}

const Written kDown{"KZ-20220105-1000", "KZ", "10:00", "12:00", "", 0.89, "open", kMore};

TEST(Message, SaysWhatAJournalistAsks) {
  const auto configuration = withChannel("kind = \"webhook\"\nurl = \"http://x/\"");
  const Outage outage = kDown.outage();
  const Words words = wordsOf(configuration, {0, Event::kDown, {&outage}});
  EXPECT_EQ(words.title, "SIMULATION: DOWN: Kazakhstan (KZ) since 2022-01-05 10:00 UTC, 89 % below usual");
  EXPECT_EQ(words.text,
            "*** SIMULATION, NOT A MEASUREMENT: an episode ***\n"
            "Kazakhstan (KZ) since 2022-01-05 10:00 UTC, 89 % below usual.\n"
            "What was seen: its networks are gone from the Internet's routing tables (withdrawn).\n"
            "Lasts 2h; known until 2022-01-05 12:00 UTC.\n"
            "Probability of an outage: 98 %.\n"
            "Fell with it (1): Kazakhtelecom <&> (AS9198@KZ) 97 %\n"
            "Incident KZ-20220105-1000, revision 1\n"
            "https://nightjar.example/#/incident/KZ-20220105-1000\n");
}

TEST(Message, AnEndHasItsTotalLength) {
  const auto configuration = withChannel("kind = \"webhook\"\nurl = \"http://x/\"");
  const Outage outage = Written{"KZ-1", "KZ", "10:00", "16:00", "15:30", 0.89, "ended"}.outage();
  const Words words = wordsOf(configuration, {0, Event::kRestored, {&outage}});
  EXPECT_EQ(words.title,
            "RESTORED: KZ is back since 2022-01-05 15:30 UTC, after 5h 30m; at the lowest 89 % below usual");
}

TEST(Message, WebhooksGetTheWholeIncident) {
  const auto configuration = withChannel("kind = \"webhook\"\nurl = \"http://x/\"");
  const Message message = write(configuration, kDown.outage(), Event::kDown);
  rapidjson::Document document;
  document.Parse(message.body.c_str());
  ASSERT_TRUE(document.IsObject());
  EXPECT_EQ(message.id, document["id"].GetString());
  EXPECT_EQ(message.id.size(), 32U);
  EXPECT_STREQ(document["event"].GetString(), "down");
  EXPECT_STREQ(document["simulation"].GetString(), "an episode");
  EXPECT_STREQ(document["incidents"][0]["entity"].GetString(), "KZ");
  EXPECT_STREQ(document["incidents"][0]["children"][0]["entity"].GetString(), "AS9198@KZ");
  EXPECT_EQ(document["incidents"][0]["duration_seconds"].GetInt(), 7200);
  EXPECT_NE(message.id, write(configuration, kDown.outage(), Event::kRestored).id);
}

TEST(Message, ChatsGetText) {
  const Message slack =
      write(withChannel("kind = \"slack\"\nurl = \"http://x/\""), kDown.outage(), Event::kDown);
  EXPECT_THAT(slack.body, StartsWith(R"({"text":"*SIMULATION: DOWN: Kazakhstan)"));
  EXPECT_THAT(slack.body, HasSubstr("Kazakhtelecom &lt;&amp;&gt;"));
  const Message matrix =
      write(withChannel("kind = \"matrix\"\nurl = \"http://x/\""), kDown.outage(), Event::kDown);
  EXPECT_THAT(matrix.body, StartsWith(R"({"text":"SIMULATION: DOWN: Kazakhstan)"));
}

TEST(Message, NamesCannotAddHeadersToMail) {
  const auto configuration = withChannel(
      "kind = \"email\"\nurl = \"smtp://x\"\nfrom = \"n@example.org\"\nto = [\"a@example.org\", "
      "\"b@example.org\"]");
  const auto evil =
      Written{"KZ-1", "KZ", "10:00", "12:00", "", 0.9, "open", R"(,"name":"Қазақстан\r\nBcc: x@y")"};
  const Message mail = write(configuration, evil.outage(), Event::kDown);
  EXPECT_THAT(mail.body,
              StartsWith("Date: Wed, 05 Jan 2022 12:05:00 +0000\r\nFrom: Nightjar <n@example.org>\r\n"));
  EXPECT_THAT(mail.body, HasSubstr("To: a@example.org,\r\n b@example.org\r\n"));
  EXPECT_THAT(mail.body, HasSubstr("Message-ID: <" + mail.id + "@example.org>\r\n"));
  EXPECT_THAT(mail.body, Not(HasSubstr("Bcc")));
  for (size_t from = 0; from < mail.body.size();) {
    const size_t end = mail.body.find("\r\n", from);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - from, 78U) << "RFC 5322, section 2.1.1";
    from = end + 2;
  }
}

TEST(Message, AlertmanagerTellsAlertsApartByWhatNeverChanges) {
  const auto configuration = withChannel("kind = \"alertmanager\"\nurl = \"http://x\"\nlasts = \"6h\"");
  const auto labels = [&](const Outage& outage, Event event, std::string& end) {
    rapidjson::Document document;
    document.Parse(write(configuration, outage, event).body.c_str());
    EXPECT_TRUE(document.IsArray() && document.Size() == 1);
    end = document[0]["endsAt"].GetString();
    return std::string(document[0]["labels"]["incident"].GetString()) +
           document[0]["labels"]["entity"].GetString() + std::to_string(document[0]["labels"].MemberCount());
  };
  std::string end;
  const std::string down = labels(kDown.outage(), Event::kDown, end);
  EXPECT_EQ(end, "2022-01-05T18:05:00Z") << "it lapses by itself";
  const auto ended = Written{"KZ-20220105-1000", "KZ", "10:00", "12:00", "11:30", 0.9, "ended"};
  EXPECT_EQ(labels(ended.outage(), Event::kRestored, end), down);
  EXPECT_EQ(end, "2022-01-05T11:30:00Z");
}

}  // namespace
}  // namespace nightjar::alerts
