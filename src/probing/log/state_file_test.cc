#include "probing/log/state_file.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "probing/blocks/simulated_blocks_for_tests.h"
#include "probing/log/log.h"

namespace nightjar::probe_log {
namespace {

using blocks::Engine;

const Time kBegin(std::chrono::hours(24 * 19'000));

class StateFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "nightjar-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    path_ = folder_ + "/state";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_, path_;
};

// Enough for several pieces.
Engine engineOf(uint32_t count, uint32_t everActive) {
  Engine engine;
  blocks::History history;
  for (uint32_t slot = 0; slot < everActive; ++slot) history.everActive[slot] = true;
  history.availability = 0.5;
  for (uint32_t i = 0; i < count; ++i) {
    EXPECT_TRUE(engine.add(Prefix::of(Address::ipv4((0x0a0000 + i) << 8), 24), &history));
  }
  return engine;
}

TEST_F(StateFile, ComesBack) {
  const Engine engine = engineOf(40'000, 20);
  ASSERT_EQ(engine.pieces(), 3U);
  ASSERT_TRUE(saveState(engine, path_));
  Engine copy;
  const auto loaded = loadState(copy, path_, Engine::Intake::kAll);
  ASSERT_TRUE(loaded) << loaded.error().describe();
  ASSERT_EQ(copy.size(), engine.size());
  for (size_t piece = 0; piece < engine.pieces(); ++piece) EXPECT_EQ(copy.save(piece), engine.save(piece));
  EXPECT_FALSE(std::filesystem::exists(path_ + "-new"));
}

TEST_F(StateFile, DamagedIsRefusedAsAWhole) {
  ASSERT_TRUE(saveState(engineOf(40'000, 20), path_));
  const auto size = std::filesystem::file_size(path_);
  Engine engine = engineOf(5, 3);
  const auto before = engine.save(0);
  for (const auto kept : {size - 1, size / 2, size / 4, uintmax_t{70}, uintmax_t{5}}) {
    std::filesystem::resize_file(path_, kept);
    EXPECT_FALSE(loadState(engine, path_)) << kept;
    EXPECT_EQ(engine.save(0), before);
  }
  EXPECT_EQ(loadState(engine, folder_ + "/none").error().kind, ErrorKind::kIo);
  auto log = LogWriter::create(folder_ + "/log", {.prober = "a", .begun = kBegin});
  ASSERT_TRUE(log);
  EXPECT_EQ(loadState(engine, folder_ + "/log").error().kind, ErrorKind::kInvalid);
}

TEST_F(StateFile, KilledInTheMiddleTheOldOrTheNewOneIsThere) {
  const Engine small = engineOf(3'000, 20);
  ASSERT_TRUE(saveState(small, path_));
  for (int round = 0; round < 20; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      for (uint32_t active = 1;; active = active % 200 + 1) {
        if (!saveState(engineOf(3'000, active), path_)) _exit(1);
      }
    }
    usleep(static_cast<useconds_t>(2'000 * (round + 1)));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself";
    Engine engine;
    const auto loaded = loadState(engine, path_, Engine::Intake::kAll);
    ASSERT_TRUE(loaded) << loaded.error().describe();
    EXPECT_EQ(engine.size(), 3'000U);
  }
}

}  // namespace
}  // namespace nightjar::probe_log
