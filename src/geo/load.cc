#include "geo/load.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

#include "geo/geo_map_builder.h"
#include "geo/kind.h"
#include "geo/readers.h"

namespace nightjar::geo {
namespace {

namespace fs = std::filesystem;

// Where Debian's package tor-geoipdb puts its files.
constexpr std::array kDefaultPaths{"/usr/share/tor/geoip", "/usr/share/tor/geoip6"};
constexpr size_t kMaxText = size_t{256} << 20;
// Enough to tell the kind of a text, comments at its start included.
constexpr size_t kHead = size_t{64} << 10;

std::unexpected<Error> systemError(std::string_view doing) {
  return fail(ErrorKind::kIo, fmt::format("{}: {}", doing, std::strerror(errno)));
}

// An open file, read from its start to its end, also when it is a pipe.
class InputFile {
 public:
  explicit InputFile(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool isOpen() const { return fd_ >= 0; }

  // Appends to `text` until it has `size` bytes or the file ends.
  Result<void> readUpTo(size_t size, std::string& text) const {
    while (text.size() < size) {
      constexpr size_t kStep = size_t{1} << 20;
      const size_t had = text.size();
      text.resize(std::min(size, had + kStep));
      const ssize_t got = ::read(fd_, text.data() + had, text.size() - had);
      text.resize(had + static_cast<size_t>(std::max<ssize_t>(got, 0)));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return systemError("cannot read");
      if (got == 0) break;
    }
    return {};
  }

  // The last bytes of a regular file; empty for anything else.
  std::string tail(size_t size) const {
    struct stat status {};
    if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) return {};
    const auto length = static_cast<size_t>(status.st_size);
    std::string bytes(std::min(size, length), '\0');
    const ssize_t got = ::pread(fd_, bytes.data(), bytes.size(), static_cast<off_t>(length - bytes.size()));
    bytes.resize(static_cast<size_t>(std::max<ssize_t>(got, 0)));
    return bytes;
  }

 private:
  int fd_;
};

// Takes files of one kind into one map.
class Loader {
 public:
  Result<void> takePath(const std::string& path);
  Result<void> takeText(Kind kind, std::string_view text, const std::string& where);
  Result<Loaded> finish();

 private:
  Result<void> takeFolder(const std::string& path);
  Result<void> takeFile(const std::string& path, Kind kind, const InputFile& file, std::string head);
  // Runs the reader of a kind; `read` is called with the intake.
  template <class Read>
  Result<void> take(Kind kind, const std::string& where, const Read& read);

  GeoMapBuilder builder_;
  std::vector<Finding> findings_;
  std::optional<Kind> kind_;
  std::string firstFile_;
  std::set<std::string> names_;  // the files' own
  std::vector<std::string> files_;
};

template <class Read>
Result<void> Loader::take(Kind kind, const std::string& where, const Read& read) {
  if (kind_ && *kind_ != kind) {
    return fail(ErrorKind::kUsage, fmt::format("is {}, but {} is {}: give files of one kind", describe(kind),
                                               firstFile_, describe(*kind_)));
  }
  if (!kind_) firstFile_ = where;
  kind_ = kind;
  const auto source = builder_.addSource(where);
  if (!source) return std::unexpected(source.error());
  Intake intake(builder_, where, *source);
  Result<std::string> name = read(intake);
  if (!name) return std::unexpected(std::move(name.error()));
  files_.push_back(where);
  if (!name->empty()) names_.insert(*std::move(name));
  for (Finding& finding : intake.takeFindings()) findings_.push_back(std::move(finding));
  return {};
}

Result<void> Loader::takeText(Kind kind, std::string_view text, const std::string& where) {
  return take(kind, where, [&](Intake& intake) -> Result<std::string> {
    switch (kind) {
      case Kind::kTorGeoip:
        return readTorGeoip(text, intake);
      case Kind::kRirDelegated:
        return readRirDelegated(text, intake);
      case Kind::kOwnMap:
        return readOwnMap(text, intake);
      case Kind::kMaxmindDb:
        break;
    }
    return fail(ErrorKind::kUnsupported, "a MaxMind DB is not text");
  });
}

Result<void> Loader::takeFile(const std::string& path, Kind kind, const InputFile& file, std::string text) {
  if (kind == Kind::kMaxmindDb) {
    return take(kind, path, [&](Intake& intake) { return readMaxmindDb(path, intake); });
  }
  if (auto rest = file.readUpTo(kMaxText + 1, text); !rest) return rest;
  if (text.size() > kMaxText) {
    return fail(ErrorKind::kLimit, fmt::format("is larger than {} MB", kMaxText >> 20));
  }
  return takeText(kind, text, path);
}

Result<void> Loader::takePath(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return takeFolder(path);
  const InputFile file(path);
  if (!file.isOpen()) return systemError("cannot open");
  std::string head;
  if (auto read = file.readUpTo(kHead, head); !read) return read;
  const auto kind = isMaxmindDb(file.tail(kMaxmindTail)) ? Kind::kMaxmindDb : tellText(head);
  if (!kind) return std::unexpected(kind.error());
  return takeFile(path, *kind, file, std::move(head));
}

Result<void> Loader::takeFolder(const std::string& path) {
  std::error_code error;
  std::vector<std::string> files;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->is_regular_file(error)) files.push_back(entry->path().string());
  }
  if (error) return fail(ErrorKind::kIo, fmt::format("cannot read the folder: {}", error.message()));
  std::sort(files.begin(), files.end());
  bool any = false;
  for (const std::string& file : files) {
    auto taken = takePath(file);
    any = any || taken;
    if (taken) continue;
    if (taken.error().kind != ErrorKind::kUnsupported) return failIn(file, std::move(taken.error()));
    findings_.push_back({fmt::format("left out: {}", taken.error().message), file});
  }
  if (!any) return fail(ErrorKind::kUnsupported, "the folder has no geolocation file of a known kind");
  return {};
}

Result<Loaded> Loader::finish() {
  std::string title(titleOf(*kind_));
  if (!names_.empty()) title += fmt::format(" {}", fmt::join(names_, ", "));
  auto map = builder_.build(title);
  if (!map) return std::unexpected(std::move(map.error()));
  if (map->places().size() == 1) {
    return failIn(firstFile_, {ErrorKind::kInvalid, "no address in it is in any country"});
  }
  return Loaded{*std::move(map), std::move(findings_), std::move(files_)};
}

// Says which package has the default files, if they are missing.
Result<void> checkDefaults() {
  for (const char* path : kDefaultPaths) {
    if (::access(path, R_OK) == 0) continue;
    return failIn(path,
                  {ErrorKind::kIo,
                   fmt::format("{}: the default geolocation is in the Debian package tor-geoipdb: install "
                               "it, or give --geo FILE",
                               std::strerror(errno))});
  }
  return {};
}

}  // namespace

Result<Loaded> load(std::span<const std::string> paths) {
  if (paths.empty()) {
    if (auto there = checkDefaults(); !there) return std::unexpected(std::move(there.error()));
    static const std::vector<std::string> kDefaults(kDefaultPaths.begin(), kDefaultPaths.end());
    return load(kDefaults);
  }
  Loader loader;
  for (const std::string& path : paths) {
    if (auto taken = loader.takePath(path); !taken) return failIn(path, std::move(taken.error()));
  }
  return loader.finish();
}

Result<Loaded> loadText(std::string_view text, const std::string& where) {
  const auto kind = tellText(text);
  if (!kind) return failIn(where, kind.error());
  Loader loader;
  if (auto taken = loader.takeText(*kind, text, where); !taken)
    return failIn(where, std::move(taken.error()));
  return loader.finish();
}

}  // namespace nightjar::geo
