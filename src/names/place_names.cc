#include "names/place_names.h"

#include <unicode/locid.h>
#include <unicode/translit.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include "geo/countries.h"
#include "names/gettext_catalog.h"
#include "names/regions.h"

namespace nightjar::names {
namespace {

using Languages = std::map<std::string, std::vector<icu::Locale>>;  // by country
using Translations = std::unordered_map<std::string, std::string>;

std::string readFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string utf8(const icu::UnicodeString& text) {
  std::string result;
  text.toUTF8String(result);
  return result;
}

void add(std::vector<std::string>& names, std::string name) {
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
    names.push_back(std::move(name));
}

Languages languagesByCountry() {
  int32_t count = 0;
  const icu::Locale* locales = icu::Locale::getAvailableLocales(count);
  Languages languages;
  for (int32_t i = 0; i < count; ++i) languages[locales[i].getCountry()].push_back(locales[i]);
  for (auto& [country, own] : languages) {
    own.emplace_back("ru");
    own.emplace_back("kk");
  }
  return languages;
}

// Kazakh in Latin letters.
class Latin {
 public:
  Latin() {
    UErrorCode error = U_ZERO_ERROR;
    rule_.reset(icu::Transliterator::createInstance("kk-kk_Latn/BGN", UTRANS_FORWARD, error));
  }
  std::string of(icu::UnicodeString text) const {
    if (rule_ == nullptr) return {};
    rule_->transliterate(text);
    return utf8(text);
  }

 private:
  std::unique_ptr<icu::Transliterator> rule_;
};

std::vector<std::string> countryNames(const geo::Country& country, const std::vector<icu::Locale>& languages,
                                      const Latin& latin) {
  std::vector<std::string> names{std::string(country.name)};
  const std::string code(country.code);
  const icu::Locale place("", code.c_str());
  for (const icu::Locale& language : languages) {
    icu::UnicodeString name;
    place.getDisplayCountry(language, name);
    if (utf8(name) == code) continue;  // not known in that language
    add(names, utf8(name));
    if (std::string_view(language.getLanguage()) == "kk") add(names, latin.of(name));
  }
  return names;
}

// What iso-codes has of a language: an empty list if nothing.
class RegionTranslations {
 public:
  explicit RegionTranslations(std::string share) : share_(std::move(share)) {}
  const Translations& of(const std::string& language) {
    const auto known = languages_.find(language);
    if (known != languages_.end()) return known->second;
    const std::string file = readFile(share_ + "/locale/" + language + "/LC_MESSAGES/iso_3166-2.mo");
    auto read = readGettextCatalog(file);
    return languages_[language] = read ? std::move(*read) : Translations();
  }

 private:
  std::string share_;
  std::map<std::string, Translations> languages_;
};

}  // namespace

PlaceNames PlaceNames::load(const std::string& share) {
  PlaceNames names;
  const Languages languages = languagesByCountry();
  const std::vector<icu::Locale> none{icu::Locale("ru"), icu::Locale("kk")};
  const auto of_country = [&](const std::string& code) -> const std::vector<icu::Locale>& {
    const auto own = languages.find(code);
    return own == languages.end() ? none : own->second;
  };
  const Latin latin;
  for (const geo::Country& country : geo::countries()) {
    const std::string code(country.code);
    names.names_[code] = countryNames(country, of_country(code), latin);
  }
  const auto regions = readRegions(readFile(share + "/iso-codes/json/iso_3166-2.json"));
  if (!regions) return names;
  RegionTranslations translations(share);
  for (const Region& region : *regions) {
    std::vector<std::string>& own = names.names_[region.code];
    add(own, region.name);
    for (const icu::Locale& language : of_country(region.code.substr(0, 2))) {
      const Translations& known = translations.of(language.getLanguage());
      if (const auto at = known.find(region.name); at != known.end()) add(own, at->second);
    }
  }
  return names;
}

std::vector<std::string> PlaceNames::of(const Entity& entity) const {
  const auto known = names_.find(entity.code());
  return known == names_.end() ? std::vector<std::string>() : known->second;
}

}  // namespace nightjar::names
