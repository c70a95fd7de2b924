#include "app/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/input_hash.h"
#include "app/judged_store_for_tests.h"
#include "evidence/manifest.h"
#include "series/signals.h"
#include "series/temporary_folder.h"

namespace nightjar::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class BundleTest : public JudgedStoreTest {
 protected:
  std::string folder() const { return (root_ / "bundle").string(); }
  std::string verdict() {
    const auto verified = verifyBundle(folder());
    return verified ? "sound" : verified.error().describe();
  }
};

TEST_F(BundleTest, IsJudgedAgainAndSound) {
  ASSERT_TRUE(writeBundle(*store_, id_, folder(), key()));
  for (const char* name :
       {"report.html", "chart.png", "incident.json", "bins.csv", "bins.db", "sources.csv"}) {
    EXPECT_TRUE(fs::exists(fs::path(folder()) / name)) << name;
  }
  EXPECT_EQ(verdict(), "sound");
  EXPECT_EQ(verdict(), "sound") << "checking leaves nothing behind";
  EXPECT_EQ(verifyBundle(folder())->key, key().publicKey());
}

TEST_F(BundleTest, HoldsWhatTheJudgementNeedsAndNoMore) {
  ASSERT_TRUE(writeBundle(*store_, id_, folder(), key()));
  const auto bins = series::openStoreForReading((fs::path(folder()) / "bins.db").string()).value();
  EXPECT_EQ(bins->list({.country = "EG"})->size(), 2U);
  EXPECT_TRUE(bins->list({.country = "KZ"})->empty());
}

TEST_F(BundleTest, NamesTheHashesOfWhatWasRead) {
  ASSERT_TRUE(store_->putNotes(std::vector{inputNote("input", "rib.gz", "rrc00", Time(), {"ab12", 7}),
                                           inputNote("map", "geoip", "", Time(), {"cd34", 9})}));
  ASSERT_TRUE(writeBundle(*store_, id_, folder(), key()));
  std::ifstream in(fs::path(folder()) / "sources.csv");
  const std::string table{std::istreambuf_iterator<char>(in), {}};
  EXPECT_THAT(table, HasSubstr("\"rib.gz\",\"rrc00\",rib,"));
  EXPECT_THAT(table, HasSubstr(",ab12,7\n"));
  EXPECT_THAT(table, HasSubstr("\"geoip\",\"\",map,,,,,,cd34,9\n"));
}

TEST(InputHashes, AreThoseOfSha256sum) {
  const series::TemporaryFolder folder;
  const std::string path = folder.file("abc");
  std::ofstream(path) << "abc";
  InputHashes hashes({path, "/nonexistent"});
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(hashes.of(path)->sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hashes.of(path)->bytes, 3U);
  EXPECT_FALSE(hashes.of("/nonexistent"));
}

// Who has the key may sign anything; the bins must still give the incident.
TEST_F(BundleTest, WithOneBinMissingIsNotSoundWhoeverSignsIt) {
  ASSERT_TRUE(writeBundle(*store_, id_, folder(), key()));
  {
    const auto bins = series::openStore((fs::path(folder()) / "bins.db").string()).value();
    const auto id = bins->idOf({std::string(series::kVisible24), Entity::country("EG")}).value();
    const series::Sample back{id, {2900, 1}};
    ASSERT_TRUE(bins->append(Bin{kFirst + 300}, {&back, 1}));
  }
  EXPECT_THAT(verdict(), HasSubstr("bins.db: "));
  fs::remove(fs::path(folder()) / evidence::kManifestName);
  fs::remove(fs::path(folder()) / evidence::kSignatureName);
  ASSERT_TRUE(evidence::seal(folder(), key()));
  EXPECT_THAT(verdict(), HasSubstr("judged anew, "));
}

TEST_F(BundleTest, IsGivenUpWhereNobodyWaits) {
  int asked = 0;
  // Two series are copied, then judged: given up before the last is read.
  const auto written = writeBundle(*store_, id_, folder(), key(), [&asked] { return ++asked == 4; });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::kLimit);
}

TEST_F(BundleTest, RefusesWhatItCannotVouchFor) {
  EXPECT_THAT(writeBundle(*store_, "EG-1", folder(), key()).error().message, HasSubstr("no incident 'EG-1'"));
  fill("EG", 2900, 2000);
  EXPECT_THAT(writeBundle(*store_, id_, folder(), key()).error().message, HasSubstr("cannot be vouched for"));
  EXPECT_TRUE(fs::is_empty(folder())) << "what came to nothing leaves nothing";
  std::ofstream(fs::path(folder()) / "mine") << "kept";
  EXPECT_EQ(writeBundle(*store_, id_, folder(), key()).error().kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace nightjar::app
