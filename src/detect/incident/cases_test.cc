// Runs every file of testdata/. With NIGHTJAR_UPDATE_CASES set in the environment, the expect lines are
// written anew from what was found: read the difference before you keep it.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "detect/incident/case_file.h"

namespace nightjar::detect {
namespace {

std::string readFile(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The case with its expect lines replaced by what was found.
std::string updated(const std::string& text, const std::vector<CaseCheck>& checks) {
  std::string result;
  size_t next = 0;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("expect ")) continue;
    result += line + "\n";
    if (!line.starts_with("judge ")) continue;
    for (const std::string& found : checks[next].found) result += "expect " + found + "\n";
    ++next;
  }
  return result;
}

TEST(Cases, SayWhatTheyExpect) {
  const std::filesystem::path folder = NIGHTJAR_SOURCE_DIR "/src/detect/incident/testdata";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    const std::string text = readFile(file);
    const auto checks = runCase(text);
    ASSERT_TRUE(checks) << checks.error().describe();
    EXPECT_FALSE(checks->empty()) << "the case judges nothing";
    if (std::getenv("NIGHTJAR_UPDATE_CASES") != nullptr) std::ofstream(file) << updated(text, *checks);
    for (const CaseCheck& check : *checks) {
      EXPECT_EQ(fmt::format("{}", fmt::join(check.expected, "\n")),
                fmt::format("{}", fmt::join(check.found, "\n")))
          << check.judge;
    }
  }
}

}  // namespace
}  // namespace nightjar::detect
