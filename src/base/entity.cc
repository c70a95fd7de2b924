#include "base/entity.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace nightjar {
namespace {

bool isUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

bool isCountry(std::string_view text) {
  return text.size() == 2 && isUpper(text[0]) && isUpper(text[1]);
}

bool isRegion(std::string_view text) {
  return text.size() >= 4 && text.size() <= 6 && isCountry(text.substr(0, 2)) && text[2] == '-' &&
         std::all_of(text.begin() + 3, text.end(), [](char c) { return isUpper(c) || isDigit(c); });
}

std::optional<Asn> readNetwork(std::string_view text) {
  if (!text.starts_with("AS") || text.size() < 3 || !isDigit(text[2])) return std::nullopt;
  Asn asn;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), asn.number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (text.size() > 3 && text[2] == '0') return std::nullopt;  // one spelling per network
  return asn;
}

bool isSite(std::string_view text) {
  constexpr std::string_view kScheme = "site:";
  constexpr size_t kLongestName = 253;  // RFC 1035, section 2.3.4
  if (!text.starts_with(kScheme)) return false;
  text.remove_prefix(kScheme.size());
  return !text.empty() && text.size() <= kLongestName &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool isNetworkInCountry(std::string_view text) {
  const size_t at = text.find('@');
  return at != std::string_view::npos && readNetwork(text.substr(0, at)) && isCountry(text.substr(at + 1));
}

}  // namespace

Entity Entity::country(std::string_view iso) {
  return Entity(std::string(iso));
}
Entity Entity::region(std::string_view iso) {
  return Entity(std::string(iso));
}
Entity Entity::network(Asn asn) {
  return Entity(fmt::format("AS{}", asn.number));
}
Entity Entity::networkInCountry(Asn asn, std::string_view country) {
  return Entity(fmt::format("AS{}@{}", asn.number, country));
}

Result<Entity> Entity::parse(std::string_view code) {
  if (isCountry(code) || isRegion(code) || readNetwork(code) || isNetworkInCountry(code) || isSite(code)) {
    return Entity(std::string(code));
  }
  return fail(
      ErrorKind::kInvalid,
      fmt::format("'{}' is not an entity such as KZ, KZ-ALA, AS9198, AS9198@KZ or site:vlast.kz", code));
}

EntityKind Entity::kind() const {
  if (code_.size() == 2) return EntityKind::kCountry;
  if (code_.starts_with("site:")) return EntityKind::kSite;
  if (code_.find('@') != std::string::npos) return EntityKind::kNetworkInCountry;
  return code_[2] == '-' ? EntityKind::kRegion : EntityKind::kNetwork;
}

std::optional<Asn> Entity::asn() const {
  return readNetwork(std::string_view(code_).substr(0, code_.find('@')));
}

std::string_view Entity::countryCode() const {
  switch (kind()) {
    case EntityKind::kCountry:
    case EntityKind::kRegion:
      return std::string_view(code_).substr(0, 2);
    case EntityKind::kNetworkInCountry:
      return std::string_view(code_).substr(code_.find('@') + 1);
    default:
      return {};
  }
}

bool Entity::belongsTo(const Entity& place) const {
  if (*this == place) return true;
  if (place.kind() == EntityKind::kCountry) return countryCode() == place.code();
  return place.kind() == EntityKind::kNetwork && asn() == place.asn();
}

}  // namespace nightjar
