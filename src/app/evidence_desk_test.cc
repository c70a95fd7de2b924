#include "app/evidence_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "app/bundle.h"
#include "app/judged_store_for_tests.h"

namespace nightjar::app {
namespace {

using testing::HasSubstr;
using What = EvidenceDesk::What;

class EvidenceDeskTest : public JudgedStoreTest {
 protected:
  void open(bool with_key = true) {
    desk_ = EvidenceDesk::open(path(), with_key ? std::optional(key()) : std::nullopt).value();
  }
  series::StoredIncident incident() { return store_->revisions(id_).value().back(); }

  // As the server does it.
  static serve::Response wait(serve::Response response) {
    while (response.later) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (auto ready = response.later()) return std::move(*ready);
    }
    return response;
  }
  static std::string allOf(const serve::Response& response) {
    std::string all = response.body;
    for (;;) {
      const auto piece = response.pieces ? response.pieces().value() : std::string();
      if (piece.empty()) return all;
      all += piece;
    }
  }
  static std::string header(const serve::Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  std::unique_ptr<EvidenceDesk> desk_;
};

TEST_F(EvidenceDeskTest, DrawsAChartOnce) {
  open(false);
  EXPECT_EQ(desk_->publicKey(), "");
  const serve::Response first = desk_->ask(What::kChart, incident());
  ASSERT_TRUE(first.later) << "it is drawn by another thread";
  const serve::Response drawn = wait(first);
  EXPECT_EQ(drawn.type, "image/png");
  EXPECT_THAT(drawn.body, testing::StartsWith("\x89PNG"));
  EXPECT_THAT(header(drawn, "Content-Disposition"), HasSubstr("nightjar-" + id_ + "-r1.png"));
  const serve::Response again = desk_->ask(What::kChart, incident());
  EXPECT_FALSE(again.later) << "it is there already";
  EXPECT_EQ(again.body, drawn.body);
  desk_->forget();
  EXPECT_TRUE(desk_->ask(What::kChart, incident()).later);
}

TEST_F(EvidenceDeskTest, TheBundleIsSound) {
  open();
  const serve::Response response = wait(desk_->ask(What::kBundle, incident()));
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.type, "application/x-tar");
  desk_->forget();  // who reads it goes on reading
  std::ofstream((root_ / "b.tar").string(), std::ios::binary) << allOf(response);
  ASSERT_EQ(std::system(("tar -xf " + (root_ / "b.tar").string() + " -C " + root_.string()).c_str()), 0);
  const auto verified = verifyBundle((root_ / ("nightjar-" + id_ + "-r1")).string());
  ASSERT_TRUE(verified) << verified.error().describe();
  EXPECT_EQ(evidence::toHex(verified->key), desk_->publicKey());
}

TEST_F(EvidenceDeskTest, SaysWhatItCannotVouchFor) {
  open();
  fill("EG", 2900, 2000);
  const serve::Response response = wait(desk_->ask(What::kBundle, incident()));
  EXPECT_EQ(response.status, 409);
  EXPECT_THAT(response.body, HasSubstr("cannot be vouched for"));
  EXPECT_FALSE(desk_->ask(What::kBundle, incident()).later)
      << "nor is it tried again before the store changes";
}

// However many ask, the queue has an end; who asks for the same waits for the same.
TEST_F(EvidenceDeskTest, TurnsAwayWhatIsTooMuch) {
  open();
  std::vector<serve::Response> waiting;
  size_t refused = 0;
  for (uint32_t i = 0; i < 4 * EvidenceDesk::kMostWaiting; ++i) {
    series::StoredIncident one = incident();
    one.revision = i;
    serve::Response response = desk_->ask(What::kBundle, one);
    if (response.status == 503) {
      ++refused;
      EXPECT_NE(header(response, "Retry-After"), "");
    }
  }
  EXPECT_GT(refused, 2 * EvidenceDesk::kMostWaiting);
}

TEST_F(EvidenceDeskTest, LeavesNothingBehind) {
  const auto folders = [] {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path()))
      count += entry.path().filename().string().starts_with("nightjar-desk-") ? 1 : 0;
    return count;
  };
  const size_t before = folders();
  open();
  EXPECT_EQ(folders(), before + 1);
  wait(desk_->ask(What::kChart, incident()));
  desk_.reset();
  EXPECT_EQ(folders(), before);
}

}  // namespace
}  // namespace nightjar::app
