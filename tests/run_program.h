// Runs a program and keeps what it said: for tests of the binary.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace nightjar::test {

inline std::string readFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

template <typename BytesLike>
void writeFile(const std::filesystem::path& path, const BytesLike& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(out.good()) << path;
}

// A folder that goes away with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "nightjar-test-XXXXXX").string();
    path_ = mkdtemp(name.data()) == nullptr ? "" : name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

struct Outcome {
  int status = -1;  // exit status, or 128 and the signal's number
  std::string out;
  std::string err;
};

// `arguments` begin with the program, looked up in PATH. Standard output goes to `outTo` where that is given.
inline Outcome runProgram(const std::vector<std::string>& arguments, const char* outTo = nullptr) {
  const TemporaryFolder folder;
  const std::string out = outTo != nullptr ? outTo : folder / "out";
  const std::string err = folder / "err";
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          outTo != nullptr ? std::string() : readFile(out), readFile(err)};
}

// Compares with the file tests/golden/NAME, or writes it when NIGHTJAR_UPDATE_GOLDENS=1 (`make goldens`).
inline void expectGolden(const std::string& name, const std::string& actual) {
  const std::filesystem::path path = std::filesystem::path(NIGHTJAR_SOURCE_DIR) / "tests/golden" / name;
  const char* update = std::getenv("NIGHTJAR_UPDATE_GOLDENS");
  if (update != nullptr && std::string_view(update) == "1") {
    std::filesystem::create_directories(path.parent_path());
    writeFile(path, actual);
    return;
  }
  ASSERT_TRUE(std::filesystem::exists(path)) << path << " is missing; `make goldens` writes it";
  EXPECT_EQ(readFile(path), actual) << "differs from " << path;
}

}  // namespace nightjar::test
