// What is watched: a country, a region, a network, a network in a country, a site.
#pragma once

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/asn.h"
#include "base/result.h"

namespace nightjar {

enum class EntityKind { kCountry, kRegion, kNetwork, kNetworkInCountry, kSite };

// Named by its code, which is also how it is stored, printed and typed:
//   country             KZ             two letters (ISO 3166-1 alpha-2)
//   region              KZ-ALA         country, hyphen, one to three letters or digits (ISO 3166-2)
//   network             AS9198
//   network in country  AS9198@KZ
//   site                site:vlast.kz
class Entity {
 public:
  static Entity country(std::string_view iso);
  static Entity region(std::string_view iso);
  static Entity network(Asn asn);
  static Entity networkInCountry(Asn asn, std::string_view country);
  // Reads any of the forms above; fails with kInvalid. Whether the country exists is not asked here.
  static Result<Entity> parse(std::string_view code);

  const std::string& code() const { return code_; }
  EntityKind kind() const;
  // The number of a network or network in country.
  std::optional<Asn> asn() const;
  // The country's code of all kinds but network and site; empty for those.
  std::string_view countryCode() const;
  // Whether it is `place` or a part of it: what is in a country, a network's part in any country.
  bool belongsTo(const Entity& place) const;
  auto operator<=>(const Entity&) const = default;

 private:
  explicit Entity(std::string code) : code_(std::move(code)) {}
  std::string code_;
};

}  // namespace nightjar

template <>
struct std::hash<nightjar::Entity> {
  size_t operator()(const nightjar::Entity& entity) const noexcept {
    return std::hash<std::string>()(entity.code());
  }
};
