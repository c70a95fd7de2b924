#include "app/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/names.h"
#include "app/series_store.h"
#include "detect/judge.h"
#include "evidence/manifest.h"
#include "series/signals.h"

namespace nightjar::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class BundleTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "nightjar-bundle-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    store_ = series::openStore((root_ / "store.db").string()).value();
    fill("EG", 2900, 300);
    fill("AS8452@EG", 700, 10);
    fill("KZ", 5000, 5000);
    ASSERT_TRUE(
        store_->addSource({.input = "rib.gz", .collector = "rrc00", .kind = "rib", .program = "nightjar"}));
    judge();
  }
  void TearDown() override { fs::remove_all(root_); }

  // Ordinary for 300 bins, low for 200, ordinary again.
  void fill(const char* code, double ordinary, double low) {
    const auto id = store_->idOf({std::string(series::kVisible24), Entity::parse(code).value()}).value();
    ASSERT_TRUE(store_->begin());
    for (int64_t bin = 0; bin < 700; ++bin) {
      const series::Sample sample{id, {bin >= 300 && bin < 500 ? low : ordinary, 1}};
      ASSERT_TRUE(store_->append(Bin{kFirst + bin}, {&sample, 1}));
    }
    ASSERT_TRUE(store_->commit());
  }

  void judge() {
    StoreReader series(*store_);
    NamedReader reader(series, {});
    const auto report = detect::judge(reader);
    ASSERT_TRUE(report);
    ASSERT_TRUE(keepIncidents(*store_, *report));
    ASSERT_EQ(report->incidents.size(), 1U);
    id_ = report->incidents[0].id;
  }

  evidence::SecretKey key() { return evidence::SecretKey::open((root_ / "key").string()).value(); }
  std::string folder() const { return (root_ / "bundle").string(); }
  std::string verdict() {
    const auto verified = verifyBundle(folder());
    return verified ? "sound" : verified.error().describe();
  }

  static constexpr int64_t kFirst = 4'400'000;
  fs::path root_;
  std::unique_ptr<series::Store> store_;
  std::string id_;
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

TEST_F(BundleTest, RefusesWhatItCannotVouchFor) {
  EXPECT_THAT(writeBundle(*store_, "EG-1", folder(), key()).error().message, HasSubstr("no incident 'EG-1'"));
  fill("EG", 2900, 2000);
  EXPECT_THAT(writeBundle(*store_, id_, folder(), key()).error().message, HasSubstr("cannot be vouched for"));
  EXPECT_EQ(writeBundle(*store_, id_, folder(), key()).error().kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace nightjar::app
