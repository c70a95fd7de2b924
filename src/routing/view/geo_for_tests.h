// A map of space to countries for the tests of this folder.
#pragma once

#include <string_view>
#include <utility>

#include "base/address.h"
#include "geo/geo_map.h"
#include "geo/geo_map_builder.h"

namespace nightjar::view {

inline geo::GeoMap geoOf(std::initializer_list<std::pair<std::string_view, std::string_view>> rows) {
  geo::GeoMapBuilder builder;
  for (const auto& [prefix, country] : rows) {
    builder.add(Prefix::parse(prefix).value(), builder.place(country).value()).value();
  }
  return builder.build("test").value();
}

inline PrefixKey key(std::string_view prefix) {
  return PrefixKey::of(Prefix::parse(prefix).value()).value();
}

}  // namespace nightjar::view
