#include "app/inputs.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "app/probe_logs.h"
#include "app/record_stream.h"

namespace nightjar::app {
namespace {

namespace fs = std::filesystem;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isWordCharacter(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// --- names ---

struct KindWord {
  std::string_view word;
  InputKind kind;
};
constexpr KindWord kKindWords[] = {
    {"bview", InputKind::kRib}, {"rib", InputKind::kRib}, {"updates", InputKind::kUpdates}};

struct FoundWord {
  InputKind kind;
  size_t begin;
  size_t end;
};

// The first of the words that stands at the beginning of a word of the name ("distribution" has no "rib").
std::optional<FoundWord> kindInName(std::string_view name) {
  for (size_t at = 0; at < name.size(); ++at) {
    if (at > 0 && std::isalnum(static_cast<unsigned char>(name[at - 1])) != 0) continue;
    for (const auto& [word, kind] : kKindWords) {
      if (name.substr(at).starts_with(word)) return FoundWord{kind, at, at + word.size()};
    }
  }
  return std::nullopt;
}

// Whether a file in a folder is meant to be read. Checksums, indexes and half-loaded files beside the
// archives end in something else.
bool looksLikeArchive(std::string_view name) {
  for (const std::string_view packed : {".gz", ".bz2", ".xz", ".zst"}) {
    if (name.ends_with(packed)) {
      name.remove_suffix(packed.size());
      return name.ends_with(".mrt") || kindInName(name);
    }
  }
  if (name.ends_with(".mrt") || name.ends_with(kProbingLogEnding)) return true;
  const std::string_view extension = name.substr(std::min(name.rfind('.'), name.size() - 1) + 1);
  return kindInName(name) && std::all_of(extension.begin(), extension.end(), isDigit);
}

// "rrc" and digits, or "route-views" and what follows, at the front of `text`; empty if neither is there.
std::string_view collectorAtFront(std::string_view text) {
  size_t end = 0;
  if (text.starts_with("rrc")) {
    end = 3;
    while (end < text.size() && isDigit(text[end])) ++end;
    if (end == 3 || (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])) != 0)) end = 0;
  } else if (text.starts_with("route-views")) {
    end = std::string_view("route-views").size();
    while (end < text.size() && (isWordCharacter(text[end]) || text[end] == '.' || text[end] == '-')) ++end;
  }
  return text.substr(0, end);
}

std::string collectorInFileName(std::string_view name) {
  const auto word = kindInName(name);
  if (word) name = name.substr(0, word->begin);
  for (size_t at = 0; at < name.size(); ++at) {
    if (at > 0 && std::isalnum(static_cast<unsigned char>(name[at - 1])) != 0) continue;
    std::string_view found = collectorAtFront(name.substr(at));
    if (found.starts_with("route-views") && !word) found = found.substr(0, found.find('.'));
    while (!found.empty() && !isWordCharacter(found.back())) found.remove_suffix(1);
    while (found.ends_with('_')) found.remove_suffix(1);
    if (!found.empty()) return std::string(found);
  }
  return {};
}

// Folders that the collectors' own archives are made of.
bool isArchiveFolder(std::string_view name) {
  if (name == "bgpdata" || name == "RIBS" || name == "UPDATES") return true;
  return name.size() == 7 && name[4] == '.' &&
         std::count_if(name.begin(), name.end(), isDigit) == 6;  // 2022.01
}

// --- walking ---

struct Candidate {
  std::string path;
  uint64_t size = 0;
};

// Collects files, each once.
class Walk {
 public:
  explicit Walk(InputPlan& plan) : plan_(plan) {}

  void add(const std::string& path, bool named) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return complain(path, std::generic_category().message(errno));
    if (S_ISDIR(status.st_mode)) return addFolder(path, {status.st_dev, status.st_ino});
    if (!S_ISREG(status.st_mode)) {
      if (named) complain(path, "is not a regular file");
      return;
    }
    if (!named && !looksLikeArchive(fs::path(path).filename().string())) {
      plan_.skipped.push_back(path);
      return;
    }
    Candidate& known = files_[{status.st_dev, status.st_ino}];
    if (known.path.empty() || path < known.path) known = {path, static_cast<uint64_t>(status.st_size)};
  }

  std::vector<Candidate> files() const {
    std::vector<Candidate> all;
    all.reserve(files_.size());
    for (const auto& [id, file] : files_) all.push_back(file);
    return all;
  }

 private:
  using Identity = std::pair<dev_t, ino_t>;

  void addFolder(const std::string& path, Identity identity) {
    // A link to a folder above would lead round and round.
    if (std::find(above_.begin(), above_.end(), identity) != above_.end()) return;
    above_.push_back(identity);
    std::error_code error;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
      add(at->path().string(), false);
    }
    if (error) complain(path, error.message());
    above_.pop_back();
  }

  void complain(const std::string& path, std::string message) {
    plan_.errors.push_back({ErrorKind::kIo, std::move(message), path});
  }

  InputPlan& plan_;
  std::map<Identity, Candidate> files_;
  std::vector<Identity> above_;
};

// --- looking in ---

// The front of a file is enough, and small blocks come from a small part of it.
constexpr RecordStream::Options kPeek{.readAhead = false, .blockSize = size_t{16} << 10, .blocks = 2};

struct Front {
  InputKind kind = InputKind::kUpdates;
  std::vector<Time> times;  // of the first records, kTimes at most
  static constexpr size_t kTimes = 3;
};

// When the file begins: at its first record, unless the two after it agree with each other and not with it.
// One damaged time stamp must not send a file to the end of the plan.
Time startOf(const Front& front) {
  const auto near = [](Time a, Time b) { return std::chrono::abs(a - b) <= kLargestJump; };
  const auto& t = front.times;
  return t.size() == Front::kTimes && near(t[1], t[2]) && !near(t[0], t[1]) ? t[1] : t[0];
}

// The first records that Nightjar decodes; none in an archive without bytes.
Result<Front> peek(const std::string& path) {
  auto stream = RecordStream::open(path, kPeek);
  if (!stream) return std::unexpected(stream.error());
  Front front;
  bool any = false;
  while (front.times.size() < Front::kTimes) {
    const auto block = (*stream)->next();
    if (!block && front.times.empty()) return std::unexpected(block.error());
    if (!block || !*block) break;
    any = true;
    (*block)->forEach([&front](const wire::MrtRecord& record) {
      if (front.times.size() == Front::kTimes || wire::kindOf(record) == wire::RecordKind::kUnsupported)
        return;
      const bool update = record.type == static_cast<uint16_t>(wire::MrtType::kBgp4mp) ||
                          record.type == static_cast<uint16_t>(wire::MrtType::kBgp4mpEt);
      if (front.times.empty()) front.kind = update ? InputKind::kUpdates : InputKind::kRib;
      front.times.emplace_back(std::chrono::seconds(record.seconds) +
                               std::chrono::microseconds(record.microseconds));
    });
  }
  if (any && front.times.empty()) return fail(ErrorKind::kUnsupported, "holds no record of routes");
  return front;
}

bool isProbingLog(const std::string& path) {
  std::array<char, 8> head{};
  std::ifstream in(path, std::ios::binary);
  in.read(head.data(), head.size());
  return in.gcount() == std::ssize(head) &&
         probe_log::isLog({reinterpret_cast<const uint8_t*>(head.data()), head.size()});
}

void lookAtLog(const std::string& path, InputPlan& plan) {
  const auto reader = probe_log::LogReader::open(path);
  if (reader) {
    const probe_log::Header& header = reader->header();
    plan.logs.push_back({path, header.prober, header.begun, header.round});
  } else {
    plan.errors.push_back(failIn(path, reader.error()).error());
  }
}

void look(const Candidate& candidate, InputPlan& plan) {
  if (isProbingLog(candidate.path)) return lookAtLog(candidate.path, plan);
  const auto front = peek(candidate.path);
  if (!front) {
    plan.errors.push_back(failIn(candidate.path, front.error()).error());
    return;
  }
  InputFile file;
  file.path = candidate.path;
  file.collector = collectorOf(candidate.path);
  file.nominal = nominalTimeOf(candidate.path);
  file.size = candidate.size;
  if (!front->times.empty()) {
    file.kind = front->kind;
    file.start = startOf(*front);
  } else {
    const auto word = kindInName(fs::path(candidate.path).filename().string());
    file.kind = word ? word->kind : InputKind::kUpdates;
    file.start = file.nominal.value_or(Time{});
    file.empty = true;
  }
  plan.files.push_back(std::move(file));
}

}  // namespace

InputPlan planInputs(const std::vector<std::string>& paths) {
  InputPlan plan;
  Walk walk(plan);
  for (const auto& path : paths) walk.add(path, true);
  for (const auto& candidate : walk.files()) look(candidate, plan);

  std::sort(plan.files.begin(), plan.files.end(), [](const InputFile& a, const InputFile& b) {
    return std::tie(a.start, a.kind, a.path) < std::tie(b.start, b.kind, b.path);
  });
  std::sort(plan.logs.begin(), plan.logs.end(), [](const InputLog& a, const InputLog& b) {
    return std::tie(a.prober, a.begun, a.path) < std::tie(b.prober, b.begun, b.path);
  });
  std::sort(plan.errors.begin(), plan.errors.end(),
            [](const Error& a, const Error& b) { return a.where < b.where; });
  std::sort(plan.skipped.begin(), plan.skipped.end());
  return plan;
}

std::string collectorOf(const std::string& path) {
  const fs::path given = fs::path(path).lexically_normal();
  std::error_code error;
  const fs::path whole = fs::absolute(given, error).lexically_normal();
  if (auto found = collectorInFileName(whole.filename().string()); !found.empty()) return found;
  bool inBgpdata = false;
  for (fs::path folder = whole.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    std::string name = folder.filename().string();
    if (collectorAtFront(name).size() == name.size()) return name;
    inBgpdata = inBgpdata || name == "bgpdata";
  }
  if (inBgpdata) return "route-views2";
  for (fs::path folder = given.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    std::string name = folder.filename().string();
    if (!isArchiveFolder(name) && name != "..") return name;
  }
  return "collector";
}

std::optional<Time> nominalTimeOf(const std::string& path) {
  const std::string name = fs::path(path).filename().string();
  const auto word = kindInName(name);
  if (!word) return std::nullopt;
  const std::string_view text = std::string_view(name).substr(word->end);
  const auto digits = [text](size_t at, size_t count) {
    return at + count <= text.size() &&
           std::all_of(text.begin() + static_cast<ptrdiff_t>(at),
                       text.begin() + static_cast<ptrdiff_t>(at + count), isDigit);
  };
  const auto endsAt = [text](size_t at) { return at == text.size() || !isDigit(text[at]); };
  if (!text.starts_with('.')) return std::nullopt;
  if (digits(1, 8) && text.size() > 9 && text[9] == '.' && digits(10, 4) && endsAt(14)) {
    const auto part = [text](size_t at, size_t count) { return std::string(text.substr(at, count)); };
    const auto time = parseTime(part(1, 4) + "-" + part(5, 2) + "-" + part(7, 2) + "T" + part(10, 2) + ":" +
                                part(12, 2) + ":00Z");
    return time ? std::optional(*time) : std::nullopt;
  }
  if (digits(1, 10) && endsAt(11)) {
    uint64_t seconds = 0;
    std::from_chars(text.data() + 1, text.data() + 11, seconds);
    return Time(std::chrono::seconds(seconds));
  }
  return std::nullopt;
}

}  // namespace nightjar::app
