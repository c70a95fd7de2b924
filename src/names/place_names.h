// What people call countries and regions: in English, in Russian and Kazakh (the languages of the page), and
// in the languages of the country itself.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/entity.h"

namespace nightjar::names {

// Countries are called as the Unicode CLDR says, which comes with ICU. Kazakh is written in both its
// alphabets (ICU's rule kk-kk_Latn/BGN). Regions are called as Debian's package iso-codes says; where it is
// not installed they have no names. Never changed once made: any number of threads may ask.
class PlaceNames {
 public:
  // `share` is the folder that has iso-codes/ and locale/.
  static PlaceNames load(const std::string& share = "/usr/share");

  // The one that is shown first: English for a country, the standard's for a region. Empty for all others.
  std::vector<std::string> of(const Entity& entity) const;

 private:
  std::unordered_map<std::string, std::vector<std::string>> names_;  // by code
};

}  // namespace nightjar::names
