#include "app/probe_logs.h"

#include <fmt/format.h>

#include <filesystem>

namespace nightjar::app {

namespace fs = std::filesystem;

ProbeLogs::ProbeLogs(std::string path, probe_log::Header header)
    : path_(std::move(path)), header_(std::move(header)) {
  std::error_code ignored;
  folder_ = path_.ends_with('/') || fs::is_directory(path_, ignored);
}

std::string ProbeLogs::fileAt(Time time) const {
  if (!folder_) return path_;
  const std::string day = formatTime(std::chrono::floor<std::chrono::days>(time)).substr(0, 10);
  return (fs::path(path_) / fmt::format("{}.{}{}", header_.prober, day, kProbingLogEnding)).string();
}

Result<probe_log::LogWriter*> ProbeLogs::at(Time time) {
  const std::string file = fileAt(time);
  if (writer_ && file == open_) return &*writer_;
  std::error_code error;
  if (folder_) fs::create_directories(path_, error);
  probe_log::Header header = header_;
  header.begun = time;
  auto writer = fs::exists(file, error) ? probe_log::LogWriter::resume(file)
                                        : probe_log::LogWriter::create(file, header);
  if (!writer) return std::unexpected(writer.error());
  if (writer->header().round != header_.round) {
    return std::unexpected(Error{ErrorKind::kConflict, "was begun with rounds of another length", file});
  }
  writer_ = std::move(*writer);
  open_ = file;
  return &*writer_;
}

std::vector<std::string> ProbeLogs::toRecover(Time now) const {
  // Each file begins with the state; the one of the day before matters when that of today was hardly begun.
  std::vector<std::string> files;
  std::error_code error;
  if (folder_ && fs::exists(fileAt(now - std::chrono::days(1)), error)) {
    files.push_back(fileAt(now - std::chrono::days(1)));
  }
  if (fs::exists(fileAt(now), error)) files.push_back(fileAt(now));
  return files;
}

}  // namespace nightjar::app
