#include "alerts/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nightjar::alerts {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kChannel = R"([[channel]]
name = "desk"
kind = "webhook"
url = "https://example.org/hook"
)";
const std::string kRule = "[[rule]]\nchannels = [\"desk\"]\n";

TEST(Configuration, ReadsAllThatItKnows) {
  const auto read = parseConfiguration(R"(
base_url = "https://nightjar.example/"
worse_step = 0.2
quiet = "1h"
[[channel]]
name = "mail"
kind = "email"
url = "smtp://mail.example.org:587"
encryption = "tls"
from = "nightjar@example.org"
to = ["desk@example.org", "night@example.org"]
user = "nightjar"
password = "env:MAIL_PASSWORD"
[[rule]]
places = ["KZ", "AS9198@KZ"]
kinds = ["withdrawn", "dark"]
least_depth = 0.5
least_duration = "15m"
least_confidence = 0.7
channels = ["mail"]
)");
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(read->base_url, "https://nightjar.example");
  EXPECT_EQ(read->quiet, Seconds(3600));
  ASSERT_EQ(read->channels.size(), 1U);
  EXPECT_EQ(read->channels[0].kind, ChannelKind::kEmail);
  EXPECT_EQ(read->channels[0].encryption, Encryption::kTls);
  EXPECT_THAT(read->channels[0].to, ElementsAre("desk@example.org", "night@example.org"));
  ASSERT_EQ(read->rules.size(), 1U);
  EXPECT_THAT(read->rules[0].channels, ElementsAre(0U));
  EXPECT_EQ(read->rules[0].least_duration, Seconds(900));
}

TEST(Configuration, SaysWhichLineAndKeyIsWrong) {
  const struct {
    std::string text;
    const char* line;
    const char* words;
  } kCases[] = {
      {kChannel + kRule + "plces = [\"KZ\"]\n", "line 7", "unknown key 'plces'"},
      {kChannel + kRule + "places = [\"Kazakhstan\"]\n", "line 7", "'places' holds 'Kazakhstan'"},
      {kChannel + kRule + "kinds = [\"gone\"]\n", "line 7", "'kinds' holds 'gone'"},
      {kChannel + kRule + "least_depth = 20\n", "line 7", "'least_depth' must be a number from 0 to 1"},
      {kChannel + kRule + "least_duration = 15\n", "line 7", "'least_duration' must be a duration"},
      {kChannel + "[[rule]]\nchannels = [\"phone\"]\n", "line 6", "'phone', which is the name of no channel"},
      {kChannel + "secret = \"hunter2\"\n" + kRule, "line 5", "'secret' must name where the secret is"},
      {kChannel + "timeout = \"1h\"\n" + kRule, "line 5", "'timeout' must be at most"},
      {kChannel + kChannel + kRule, "line 6", "'name' is that of another channel"},
      {"[[channel]]\nname = \"a\"\nkind = \"webhook\"\nurl = \"ftp://x/\"\n" + kRule, "line 4",
       "'url' must begin"},
      {"[[channel]]\nname = \"a\"\nkind = \"pager\"\n" + kRule, "line 3", "'kind' must be one of webhook"},
      {"[[channel]]\nname = \"a\nb\"\n", "line 2", ""},
      {kRule, "line 2", "'channels' holds 'desk'"},
      {kChannel, "line 1", "'rule' is missing"},
  };
  for (const auto& wrong : kCases) {
    const auto read = parseConfiguration(wrong.text);
    ASSERT_FALSE(read) << wrong.text;
    EXPECT_EQ(read.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(read.error().message, HasSubstr(wrong.words)) << wrong.text;
    EXPECT_THAT(read.error().message, HasSubstr(wrong.line)) << wrong.text;
  }
}

TEST(Configuration, ASecretNeverStandsInIt) {
  const std::string mail = R"([[channel]]
name = "desk"
kind = "email"
url = "smtp://mail.example.org:25"
from = "a@example.org"
to = ["b@example.org"]
)";
  EXPECT_TRUE(parseConfiguration(mail + kRule));
  EXPECT_FALSE(parseConfiguration(mail + "user = \"a\"\npassword = \"b\"\n" + kRule));
  EXPECT_TRUE(parseConfiguration(mail + "user = \"a\"\npassword = \"file:b\"\n" + kRule));
  EXPECT_FALSE(
      parseConfiguration(mail + "user = \"a\"\npassword = \"file:b\"\nencryption = \"none\"\n" + kRule));
  EXPECT_FALSE(parseConfiguration(mail + "user = \"a\"\n" + kRule));
}

}  // namespace
}  // namespace nightjar::alerts
