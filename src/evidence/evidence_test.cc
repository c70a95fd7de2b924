#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "evidence/card.h"
#include "evidence/chart.h"
#include "evidence/key.h"
#include "evidence/manifest.h"
#include "evidence/report_html.h"
#include "evidence/tar.h"

namespace nightjar::evidence {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class EvidenceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "nightjar-evidence-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directory(folder_ / "bundle");
    write("bundle/a.csv", "time,value\n1,2\n");
    write("bundle/b.json", "{}\n");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::string bundle() const { return (folder_ / "bundle").string(); }
  SecretKey key(const std::string& name = "key") {
    return SecretKey::open((folder_ / name).string()).value();
  }
  std::string verdict() {
    const auto checked = checkSeal(bundle());
    return checked ? "sound" : checked.error().describe();
  }

  fs::path folder_;
};

TEST_F(EvidenceTest, AKeyIsMadeOnceAndKept) {
  const PublicKey made = key().publicKey();
  EXPECT_EQ(key().publicKey(), made);
  EXPECT_NE(key("another").publicKey(), made);
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / "key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_TRUE(isSignedBy(made, "text", key().sign("text")));
  EXPECT_FALSE(isSignedBy(made, "Text", key().sign("text")));
}

TEST_F(EvidenceTest, AKeyThatOthersMayReadIsRefused) {
  key();
  ::chmod((folder_ / "key").c_str(), 0644);
  EXPECT_THAT(SecretKey::open((folder_ / "key").string()).error().message, HasSubstr("others may read"));
  ::chmod((folder_ / "key").c_str(), 0600);
  write("key", "nonsense");
  EXPECT_THAT(SecretKey::open((folder_ / "key").string()).error().message, HasSubstr("is not a secret key"));
}

TEST_F(EvidenceTest, ASealedBundleIsSound) {
  ASSERT_TRUE(seal(bundle(), key()));
  EXPECT_EQ(verdict(), "sound");
  EXPECT_EQ(checkSeal(bundle()).value(), key().publicKey());
}

TEST_F(EvidenceTest, WhateverWasChangedIsNamed) {
  struct Row {
    std::string file;
    std::string_view content;
    std::string_view complaint;
  };
  const std::vector<Row> rows = {
      {"bundle/a.csv", "time,value\n1,3\n", "a.csv: was changed"},
      {"bundle/a.csv", "time,value\n", "a.csv: has 11 bytes, and 15 by the manifest"},
      {"bundle/extra", "x", "extra: is in the bundle and not in the manifest"},
      {"bundle/MANIFEST", "", "SIGNATURE: does not sign this manifest"},
      {"bundle/SIGNATURE", "x", "SIGNATURE: is no signature"}};
  for (const Row& row : rows) {
    fs::remove_all(folder_ / "bundle");
    fs::create_directory(folder_ / "bundle");
    write("bundle/a.csv", "time,value\n1,2\n");
    write("bundle/b.json", "{}\n");
    ASSERT_TRUE(seal(bundle(), key()));
    write(row.file, row.content);
    EXPECT_THAT(verdict(), HasSubstr(row.complaint));
  }
  ASSERT_TRUE(seal(bundle(), key()));
  fs::remove(folder_ / "bundle/b.json");
  EXPECT_THAT(verdict(), HasSubstr("in the manifest and not in the bundle"));
  fs::create_symlink("/etc/passwd", folder_ / "bundle/b.json");
  EXPECT_NE(verdict(), "sound");
}

TEST_F(EvidenceTest, EveryByteOfTheSealCounts) {
  ASSERT_TRUE(seal(bundle(), key()));
  for (const char* name : {"bundle/MANIFEST", "bundle/SIGNATURE"}) {
    std::ifstream in(folder_ / name, std::ios::binary);
    const std::string sound(std::istreambuf_iterator<char>(in), {});
    for (size_t i = 0; i < sound.size(); ++i) {
      std::string damaged = sound;
      damaged[i] = static_cast<char>(damaged[i] ^ 1);
      write(name, damaged);
      EXPECT_NE(verdict(), "sound") << name << " byte " << i;
    }
    write(name, sound);
  }
  EXPECT_EQ(verdict(), "sound");
}

TEST(Manifest, RefusesNamesThatLeadAstray) {
  const std::string hash(64, 'a');
  EXPECT_TRUE(parseManifest(hash + "  1  a\n" + hash + "  2  b\n"));
  for (const std::string& text : {hash + "  1  ../a\n", hash + "  1  /etc/passwd\n", hash + "  x  a\n",
                                  hash + "  1  a", hash + " 1 a\n", hash + "  1  b\n" + hash + "  1  a\n",
                                  hash + "  1  MANIFEST\n", std::string("short\n")}) {
    EXPECT_FALSE(parseManifest(text)) << text;
  }
}

TEST(Sha256, IsTheStandardOne) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

Chart chart() {
  series::Series series{{"probe.up24", Entity::country("KZ")}, BinWidth(), Bin{1000}, {}};
  for (int i = 0; i < 300; ++i)
    series.points.push_back({i < 100 || i > 200 ? 900.0 : 30.0, i % 37 == 0 ? 0.0F : 1.0F});
  const Time from = Bin{1000}.start(BinWidth());
  return {"Kazakhstan <KZ>",
          "note",
          from,
          from + std::chrono::minutes(1500),
          {{"probe.up24", series, 900},
           {"empty", series::Series{series.key, series.width, series.first, {}}, std::nullopt}},
          {{from + std::chrono::minutes(500), from + std::chrono::minutes(1000), "floor"}}};
}

TEST(Chart, IsDrawnAsPngAndSvg) {
  const auto png = toPng(chart());
  ASSERT_TRUE(png);
  EXPECT_TRUE(png->starts_with("\x89PNG"));
  EXPECT_EQ(toPng(chart()).value(), *png) << "the same chart, the same bytes";
  const auto svg = toSvg(chart());
  ASSERT_TRUE(svg);
  EXPECT_THAT(*svg, HasSubstr("<svg"));
}

TEST(ReportPage, TellsTheIncidentAndEscapesIt) {
  ReportPage page;
  page.incident_json =
      R"({"id":"KZ-1","entity":"KZ","name":"<b>Kazakhstan</b>","kind":"announced-dark","onset":"2022-01-05T10:35:00Z",)"
      R"("end":null,"depth":0.96,"simulation":"simulation: x","rule":"nightjar","coverage":{"min":0.9,"mean":1},)"
      R"("signals":[{"signal":"probe.up24","onset":"2022-01-05T10:35:00Z","baseline":900,"floor":30,"depth":0.967}]})";
  page.chart_svg = toSvg(chart()).value();
  page.sources.push_back({.input = "a<b.gz", .collector = "rrc00", .kind = "rib"});
  const std::string html = toHtml(page).value();
  EXPECT_THAT(html, HasSubstr("Simulation, not a measurement"));
  EXPECT_THAT(html,
              HasSubstr("began to fall at 10:35 UTC on 5 January 2022, to 4 % of its ordinary level, and"));
  EXPECT_THAT(html, HasSubstr("while its hosts fell silent"));
  EXPECT_THAT(html, HasSubstr(", 5 January 2022: Announced, but dark</h1>"));
  EXPECT_THAT(html, HasSubstr("<td>Hosts that answer, IPv4</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=n>900</td>"));
  EXPECT_THAT(html, HasSubstr("a&lt;b.gz"));
  EXPECT_THAT(html, testing::Not(HasSubstr("<b>Kaz")));
  page.incident_json = "[]";
  EXPECT_FALSE(toHtml(page));
}

Card card() {
  Card card;
  card.incident_json =
      R"({"id":"KZ-1","entity":"KZ","name":"<b>Kazakhstan</b>","kind":"announced-dark","state":"open",)"
      R"("onset":"2022-01-05T10:35:00Z","end":null,"judged_until":"2022-01-06T00:00:00Z","depth":0.96,)"
      R"("simulation":"simulation: x"})";
  card.revision = 3;
  card.signal = "probe.up24";
  card.series = chart().lines[0].series;
  card.baseline = 900;
  return card;
}

TEST(Card, TellsTheIncidentWithoutAScriptAndEscapesIt) {
  const CardPage page = toCard(card()).value();
  EXPECT_THAT(page.html, HasSubstr("Simulation, not a measurement"));
  EXPECT_THAT(
      page.html,
      HasSubstr(
          "began to fall at 10:35 UTC on 5 January 2022, to 4 % of its ordinary level, and was not back"));
  EXPECT_THAT(page.html, HasSubstr("Source: Nightjar, incident KZ-1, revision 3"));
  EXPECT_THAT(page.html, HasSubstr("href=\"/#/incident/KZ-1?revision=3\" target=\"_blank\""));
  EXPECT_THAT(page.html, HasSubstr("Hosts that answer, IPv4"));
  EXPECT_THAT(page.html, testing::Not(HasSubstr("<b>Kaz")));
  EXPECT_THAT(page.html, testing::Not(HasSubstr("<script")));
  EXPECT_THAT(page.html, testing::Not(HasSubstr("data-theme=\"")));
}

TEST(Card, TakesAThemeAndAScript) {
  Card dark = card();
  dark.theme = "dark";
  dark.script = "/card.js";
  const std::string html = toCard(dark).value().html;
  EXPECT_THAT(html, HasSubstr("<html lang=\"en\" data-theme=\"dark\">"));
  EXPECT_THAT(html, HasSubstr("<script type=\"module\" src=\"/card.js\"></script>"));
}

// Its policy admits this element and no other style.
TEST(Card, NamesTheHashOfItsStyle) {
  const CardPage page = toCard(card()).value();
  const size_t begin = page.html.find("<style>") + 7;
  const std::string style = page.html.substr(begin, page.html.find("</style>") - begin);
  std::array<uint8_t, 32> hash{};
  ASSERT_TRUE(fromHex(sha256(style), hash));
  std::array<char, 45> base64{};
  sodium_bin2base64(base64.data(), base64.size(), hash.data(), hash.size(), sodium_base64_VARIANT_ORIGINAL);
  EXPECT_EQ(page.style_hash, std::string("sha256-") + base64.data());
  EXPECT_THAT(page.html, testing::Not(HasSubstr("style=")));
}

// Each stretch of what is known is a line of its own.
TEST(Card, LeavesGapsOpen) {
  const auto lines = [](const Card& one) {
    const std::string html = toCard(one).value().html;
    const size_t begin = html.find("class=\"line\" d=\"");
    const std::string path = html.substr(begin, html.find("/>", begin) - begin);
    return std::count(path.begin(), path.end(), 'M');
  };
  Card one = card();
  EXPECT_EQ(lines(one), 9) << "every 37th of 300 bins is absent, the first too";
  for (series::Point& point : one.series->points) point.coverage = 1;
  EXPECT_EQ(lines(one), 1);
  one.series.reset();
  EXPECT_THAT(toCard(one).value().html, testing::Not(HasSubstr("<svg")));
  one.incident_json = "[]";
  EXPECT_FALSE(toCard(one));
}

TEST(Sentence, FollowsTheKind) {
  const auto told = [](const std::string& fields) {
    return sentenceOf(R"({"entity":"KZ","name":"Kazakhstan","onset":"2022-01-05T10:35:00Z",)" + fields + "}")
        .value();
  };
  EXPECT_EQ(told(R"("kind":"partial","depth":0.2,"end":"2022-01-05T12:00:00Z")"),
            "Internet connectivity in Kazakhstan (KZ) was lost in part, 20 % of it, from 10:35 UTC on 5 "
            "January 2022 and "
            "was back at 12:00 UTC on 5 January 2022.");
  EXPECT_THAT(told(R"("kind":"throttled","depth":0.5)"), HasSubstr("became slow at 10:35"));
  EXPECT_THAT(told(R"("kind":"dark","depth":0.9996)"),
              HasSubstr(", to less than 1 % of its ordinary level, and"));
  EXPECT_EQ(
      told(R"("kind":"traffic-down","depth":0.3,"end":null)"),
      "Internet traffic from Kazakhstan (KZ) began to fall at 10:35 UTC on 5 January 2022, to 70 % of its "
      "ordinary level, and was not back when the data ended.");
  EXPECT_THAT(told(R"("kind":"dark","depth":0.6,"signals":[{"signal":"pings.answering"}])"),
              testing::StartsWith("Addresses that answered in Kazakhstan (KZ) began to fall at 10:35"));
  EXPECT_THAT(
      told(R"("kind":"dark","depth":1,"recurrence":{"from_clock":"01:00","until_clock":"04:00",)"
           R"("occurrences":[{},{},{}]})"),
      HasSubstr(
          "fell to 0 % of its ordinary level 3 times, from about 01:00 to 04:00 UTC, the first time at"));
}

TEST_F(EvidenceTest, AnArchiveIsReadByTar) {
  write("bundle/empty", "");
  write("bundle/block", std::string(512, 'x'));
  const std::string tar = (folder_ / "b.tar").string();
  ASSERT_TRUE(writeTar(bundle(), "nightjar-1", *parseTime("2022-01-05T10:35:00Z"), tar));
  ASSERT_EQ(std::system(fmt::format("tar -xf {} -C {}", tar, folder_.string()).c_str()), 0);
  for (const char* name : {"a.csv", "b.json", "empty", "block"}) {
    EXPECT_EQ(sha256OfFile((folder_ / "nightjar-1" / name).string()).value(),
              sha256OfFile((folder_ / "bundle" / name).string()).value())
        << name;
  }
  EXPECT_EQ(fs::file_size(tar), (4 + 3 + 2) * 512U) << "headers, contents, the end";
  EXPECT_EQ(writeTar(bundle(), "n", Time{}, "/nowhere/b.tar").error().kind, ErrorKind::kIo);
  EXPECT_EQ(writeTar(bundle(), std::string(101, 'n'), Time{}, tar).error().kind, ErrorKind::kLimit);
}

}  // namespace
}  // namespace nightjar::evidence
