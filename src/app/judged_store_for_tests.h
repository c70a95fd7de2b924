// A store on the disk with one incident of Egypt's, as tests of evidence need it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "app/names.h"
#include "app/series_store.h"
#include "detect/incident/judge.h"
#include "evidence/key.h"
#include "series/signals.h"

namespace nightjar::app {

class JudgedStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "nightjar-evidence-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    store_ = series::openStore(path()).value();
    fill("EG", 2900, 300);
    fill("AS8452@EG", 700, 10);
    fill("KZ", 5000, 5000);
    ASSERT_TRUE(
        store_->addSource({.input = "rib.gz", .collector = "rrc00", .kind = "rib", .program = "nightjar"}));
    judge();
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

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

  std::string path() const { return (root_ / "store.db").string(); }
  evidence::SecretKey key() { return evidence::SecretKey::open((root_ / "key").string()).value(); }

  static constexpr int64_t kFirst = 4'400'000;
  std::filesystem::path root_;
  std::unique_ptr<series::Store> store_;
  std::string id_;
};

}  // namespace nightjar::app
