#include "episode/shared_keys.h"

#include <algorithm>
#include <array>

namespace nightjar::episode {
namespace {

constexpr std::array<std::string_view, 3> kAccess{"none", "fixed", "mobile"};

bool isCountry(std::string_view code) {
  return code.size() == 2 &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// A folder's and a file's name: lower-case letters, digits, dots and hyphens, none of these first.
bool isFolderName(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 64 && plain(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '-' || c == '.'; });
}

}  // namespace

std::string readFolderName(TableReader& reader) {
  std::string name = reader.text("name");
  if (!isFolderName(name) && reader.has("name")) {
    reader.complain(*reader.node("name"), "name", "must be lower-case letters, digits, dots and hyphens");
  }
  return name;
}

std::string readCountry(TableReader& reader) {
  std::string code = reader.text("country");
  if (!code.empty() && !isCountry(code)) {
    reader.complain(*reader.node("country"), "country", "must be two capital letters (ISO 3166-1)");
  }
  return code;
}

Access readAccess(TableReader& reader) {
  return reader.node("access") ? static_cast<Access>(reader.word("access", kAccess)) : Access::kNone;
}

Target readTarget(TableReader& reader) {
  if (int(reader.has("network")) + int(reader.has("group")) + int(reader.has("country")) != 1) {
    reader.require({"network, group or country (exactly one)"});
  }
  Target target;
  if (reader.has("network")) target.network = reader.asn("network");
  if (reader.has("group")) target.group = reader.text("group");
  if (reader.has("country")) target.country = readCountry(reader);
  return target;
}

Target readHostTarget(TableReader& reader) {
  Target target = readTarget(reader);
  if (reader.node("access")) target.access = readAccess(reader);
  target.region = reader.text("region");
  target.outside = reader.texts("outside");
  return target;
}

std::string_view accessWord(Access access) {
  return kAccess[static_cast<size_t>(access)];
}

}  // namespace nightjar::episode
