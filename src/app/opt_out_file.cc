#include "app/opt_out_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "probing/targets/list_reader.h"

namespace nightjar::app {
namespace {

constexpr size_t kMostBytes = size_t{256} << 20;

}  // namespace

Result<std::string> readWhole(const std::string& path, size_t most) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::string text;
  constexpr size_t kStep = size_t{1} << 20;
  while (in && text.size() <= most) {
    const size_t had = text.size();
    text.resize(had + kStep);
    in.read(text.data() + had, static_cast<std::streamsize>(kStep));
    text.resize(had + static_cast<size_t>(in.gcount()));
  }
  Error error{ErrorKind::kIo, fmt::format("cannot read: {}", std::strerror(errno)), path};
  if (in.bad() || (!in.eof() && text.size() <= most)) return std::unexpected(std::move(error));
  if (text.size() > most) {
    return std::unexpected(Error{ErrorKind::kLimit, fmt::format("is larger than {} MB", most >> 20), path});
  }
  return text;
}

OptOutFile::Version OptOutFile::version() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return {};
  return {status.st_mtim, status.st_size, status.st_ino};
}

Result<void> OptOutFile::load() {
  version_ = version();
  const auto text = readWhole(path_, kMostBytes);
  if (!text) return std::unexpected(text.error());
  auto list = targets::readOptOut(*text, path_);
  if (!list) return std::unexpected(list.error());
  if (list->findings.count > 0) return std::unexpected(list->findings.told.front());
  prefixes_ = std::move(list->prefixes);
  return {};
}

bool OptOutFile::reload(bool always, const std::function<void(const Error&)>& onTrouble) {
  const Version now = version();
  if (!always && now == version_) return false;
  version_ = now;
  const auto text = readWhole(path_, kMostBytes);
  auto list = text ? targets::readOptOut(*text, path_) : std::unexpected(text.error());
  if (!list) {
    onTrouble(list.error());
    return false;
  }
  for (const Error& error : list->findings.told) onTrouble(error);
  std::vector<Prefix> before = std::exchange(prefixes_, std::move(list->prefixes));
  if (list->findings.count > 0) prefixes_.insert(prefixes_.end(), before.begin(), before.end());
  return true;
}

}  // namespace nightjar::app
