#include "evidence/manifest.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace nightjar::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAlgorithm = "ed25519";
constexpr size_t kShaDigits = 64;
constexpr uintmax_t kLongestText = size_t{1} << 20;

std::unexpected<Error> wrong(const fs::path& path, std::string message) {
  return std::unexpected(Error{ErrorKind::kInvalid, std::move(message), path.string()});
}

Result<std::string> readText(const fs::path& path) {
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  if (error) return std::unexpected(Error{ErrorKind::kIo, error.message(), path.string()});
  if (size > kLongestText) return wrong(path, "is far too long");
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<void> writeText(const fs::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return std::unexpected(Error{ErrorKind::kIo, "cannot be written", path.string()});
  return {};
}

// Names without folders: a bundle is flat, and nothing outside of it is ever opened.
bool isPlainName(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

bool isSeal(const std::string& name) {
  return name == kManifestName || name == kSignatureName;
}

Result<std::vector<std::string>> filesIn(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (at->is_symlink() || !at->is_regular_file()) return wrong(at->path(), "is no plain file");
    if (!isPlainName(name)) return wrong(at->path(), "has a name that no bundle holds");
    if (!isSeal(name)) names.push_back(name);
  }
  if (error) return std::unexpected(Error{ErrorKind::kIo, error.message(), folder});
  std::sort(names.begin(), names.end());
  return names;
}

struct Seal {
  PublicKey key;
  Signature signature;
};

Result<Seal> parseSeal(std::string_view text) {
  Seal seal{};
  const size_t key_at = kAlgorithm.size() + 1;
  const size_t signature_at = key_at + 2 * seal.key.size() + 1;
  const size_t end = signature_at + 2 * seal.signature.size();
  if (text.size() != end + 1 || !text.starts_with(kAlgorithm) || text[key_at - 1] != ' ' ||
      text[signature_at - 1] != ' ' || text[end] != '\n') {
    return fail(ErrorKind::kInvalid, "is no signature of Nightjar's");
  }
  if (auto read = fromHex(text.substr(key_at, 2 * seal.key.size()), seal.key); !read) {
    return std::unexpected(read.error());
  }
  if (auto read = fromHex(text.substr(signature_at, 2 * seal.signature.size()), seal.signature); !read) {
    return std::unexpected(read.error());
  }
  return seal;
}

Result<void> checkFile(const fs::path& folder, const ManifestLine& line) {
  const fs::path path = folder / line.name;
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  if (error) return wrong(path, "is in the manifest and not in the bundle");
  if (size != line.size) {
    return wrong(path, fmt::format("has {} bytes, and {} by the manifest", size, line.size));
  }
  const auto hash = sha256OfFile(path.string());
  if (!hash) return std::unexpected(hash.error());
  if (*hash != line.sha256) return wrong(path, "was changed: its SHA-256 is not that of the manifest");
  return {};
}

}  // namespace

std::string toText(const std::vector<ManifestLine>& lines) {
  std::string text;
  for (const ManifestLine& line : lines) {
    fmt::format_to(std::back_inserter(text), "{}  {}  {}\n", line.sha256, line.size, line.name);
  }
  return text;
}

Result<std::vector<ManifestLine>> parseManifest(std::string_view text) {
  std::vector<ManifestLine> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const auto bad = [&] {
      return fail(ErrorKind::kInvalid, fmt::format("line {} is not 'SHA256  SIZE  NAME'", lines.size() + 1));
    };
    if (end == std::string_view::npos || end < kShaDigits + 5) return bad();
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    ManifestLine read{std::string(line.substr(0, kShaDigits)), 0, {}};
    const std::string_view rest = line.substr(kShaDigits);
    const size_t gap = rest.find("  ", 2);
    if (!rest.starts_with("  ") || gap == std::string_view::npos) return bad();
    const std::string_view size = rest.substr(2, gap - 2);
    const auto [stop, error] = std::from_chars(size.data(), size.data() + size.size(), read.size);
    read.name = std::string(rest.substr(gap + 2));
    const bool ascends = lines.empty() || lines.back().name < read.name;
    if (error != std::errc() || stop != size.data() + size.size() || !isPlainName(read.name) ||
        isSeal(read.name) || !ascends) {
      return bad();
    }
    lines.push_back(std::move(read));
  }
  return lines;
}

Result<void> seal(const std::string& folder, const SecretKey& key) {
  const auto names = filesIn(folder);
  if (!names) return std::unexpected(names.error());
  std::vector<ManifestLine> lines;
  for (const std::string& name : *names) {
    const fs::path path = fs::path(folder) / name;
    auto hash = sha256OfFile(path.string());
    if (!hash) return std::unexpected(hash.error());
    std::error_code error;
    lines.push_back({std::move(*hash), fs::file_size(path, error), name});
    if (error) return std::unexpected(Error{ErrorKind::kIo, error.message(), path.string()});
  }
  const std::string manifest = toText(lines);
  if (auto written = writeText(fs::path(folder) / kManifestName, manifest); !written) return written;
  return writeText(fs::path(folder) / kSignatureName,
                   fmt::format("{} {} {}\n", kAlgorithm, toHex(key.publicKey()), toHex(key.sign(manifest))));
}

Result<PublicKey> checkSeal(const std::string& folder) {
  if (sodium_init() < 0) return fail(ErrorKind::kLimit, "libsodium cannot be used on this machine");
  const fs::path root(folder);
  const auto manifest = readText(root / kManifestName);
  if (!manifest) return std::unexpected(manifest.error());
  const auto signature = readText(root / kSignatureName);
  if (!signature) return std::unexpected(signature.error());
  const auto lines = parseManifest(*manifest);
  if (!lines) return failIn((root / kManifestName).string(), lines.error());
  const auto seal = parseSeal(*signature);
  if (!seal) return failIn((root / kSignatureName).string(), seal.error());
  if (!isSignedBy(seal->key, *manifest, seal->signature)) {
    return wrong(root / kSignatureName, "does not sign this manifest: one of the two was changed");
  }
  for (const ManifestLine& line : *lines) {
    if (auto sound = checkFile(root, line); !sound) return std::unexpected(sound.error());
  }
  const auto names = filesIn(folder);
  if (!names) return std::unexpected(names.error());
  for (const std::string& name : *names) {
    const auto same = [&](const ManifestLine& line) { return line.name == name; };
    if (std::none_of(lines->begin(), lines->end(), same)) {
      return wrong(root / name, "is in the bundle and not in the manifest");
    }
  }
  return seal->key;
}

}  // namespace nightjar::evidence
