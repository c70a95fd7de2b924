#include "alerts/secret.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace nightjar::alerts {
namespace {

constexpr std::string_view kFile = "file:";
constexpr std::string_view kEnvironment = "env:";
constexpr size_t kMaxSize = 4096;

Result<std::string> readFile(const std::string& path) {
  struct stat status {};
  std::ifstream in(path, std::ios::binary);
  if (!in || ::stat(path.c_str(), &status) != 0) {
    return std::unexpected(Error{ErrorKind::kIo, std::strerror(errno), path});
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return std::unexpected(Error{ErrorKind::kInvalid, "others may read this secret; chmod 600 it", path});
  }
  std::string text(kMaxSize + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

}  // namespace

bool isSecretPlace(std::string_view place) {
  return place.starts_with(kFile) || place.starts_with(kEnvironment);
}

Result<std::string> secretAt(std::string_view place) {
  if (place.empty()) return std::string();
  std::string text;
  if (place.starts_with(kFile)) {
    auto read = readFile(std::string(place.substr(kFile.size())));
    if (!read) return read;
    text = *std::move(read);
  } else {
    const char* value = std::getenv(std::string(place.substr(kEnvironment.size())).c_str());
    text = value == nullptr ? "" : value;
  }
  while (!text.empty() && std::strchr(" \t\r\n", text.back()) != nullptr) text.pop_back();
  if (text.empty() || text.size() > kMaxSize) {
    return std::unexpected(Error{
        ErrorKind::kInvalid, fmt::format("holds no secret of 1 to {} bytes", kMaxSize), std::string(place)});
  }
  return text;
}

}  // namespace nightjar::alerts
