#include "names/gettext_catalog.h"

#include <cstdint>
#include <cstring>
#include <optional>

namespace nightjar::names {
namespace {

constexpr uint32_t kMagic = 0x950412de;

std::optional<uint32_t> numberAt(std::string_view bytes, uint64_t at) {
  uint32_t number = 0;
  if (at + sizeof number > bytes.size()) return std::nullopt;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

// The text that an entry of a table (length, offset) points to.
std::optional<std::string_view> textAt(std::string_view bytes, uint64_t entry) {
  const auto length = numberAt(bytes, entry);
  const auto offset = numberAt(bytes, entry + 4);
  if (!length || !offset || uint64_t{*offset} + *length > bytes.size()) return std::nullopt;
  return bytes.substr(*offset, *length);
}

}  // namespace

Result<std::unordered_map<std::string, std::string>> readGettextCatalog(std::string_view bytes) {
  const auto magic = numberAt(bytes, 0);
  const auto count = numberAt(bytes, 8);
  const auto originals = numberAt(bytes, 12);
  const auto translations = numberAt(bytes, 16);
  if (!translations || *magic != kMagic) return fail(ErrorKind::kInvalid, "is no catalog of translations");
  std::unordered_map<std::string, std::string> texts;
  for (uint64_t i = 0; i < *count; ++i) {
    const auto original = textAt(bytes, *originals + 8 * i);
    const auto translation = textAt(bytes, *translations + 8 * i);
    if (!original || !translation) return fail(ErrorKind::kInvalid, "its tables lie outside of it");
    if (!original->empty()) texts.emplace(*original, *translation);  // the empty one is the catalog's header
  }
  return texts;
}

}  // namespace nightjar::names
