#include "imports/regions.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

namespace nightjar::imports {
namespace {

struct Region {
  std::string_view code;
  std::string_view name;  // in small letters without accents, blanks and hyphens
};

constexpr Region kRegions[] = {
    {"IQ-AN", "alanbar"},
    {"IQ-AN", "anbar"},
    {"IQ-AR", "arbil"},
    {"IQ-AR", "erbil"},
    {"IQ-BA", "albasrah"},
    {"IQ-BA", "basra"},
    {"IQ-BB", "babil"},
    {"IQ-BG", "baghdad"},
    {"IQ-DA", "dahuk"},
    {"IQ-DA", "dihok"},
    {"IQ-DA", "duhok"},
    {"IQ-DI", "diyala"},
    {"IQ-DQ", "dhiqar"},
    {"IQ-KA", "karbala"},
    {"IQ-KI", "kirkuk"},
    {"IQ-KI", "attamim"},
    {"IQ-MA", "maysan"},
    {"IQ-MU", "almuthanna"},
    {"IQ-MU", "muthanna"},
    {"IQ-NA", "annajaf"},
    {"IQ-NA", "najaf"},
    {"IQ-NI", "ninawa"},
    {"IQ-NI", "nineveh"},
    {"IQ-QA", "alqadisiyah"},
    {"IQ-QA", "qadisiyah"},
    {"IQ-SD", "salahaddin"},
    {"IQ-SU", "assulaymaniyah"},
    {"IQ-SU", "sulaymaniyah"},
    {"IQ-WA", "wasit"},
    {"IR-00", "markazi"},
    {"IR-01", "gilan"},
    {"IR-02", "mazandaran"},
    {"IR-03", "eastazarbaijan"},
    {"IR-04", "westazarbaijan"},
    {"IR-05", "kermanshah"},
    {"IR-06", "khuzestan"},
    {"IR-07", "fars"},
    {"IR-08", "kerman"},
    {"IR-09", "razavikhorasan"},
    {"IR-10", "esfahan"},
    {"IR-10", "isfahan"},
    {"IR-11", "sistanandbaluchestan"},
    {"IR-12", "kordestan"},
    {"IR-12", "kurdistan"},
    {"IR-13", "hamadan"},
    {"IR-14", "chaharmahallandbakhtiari"},
    {"IR-14", "chaharmahalandbakhtiari"},
    {"IR-15", "lorestan"},
    {"IR-16", "ilam"},
    {"IR-17", "kohgiluyehandbuyerahmad"},
    {"IR-18", "bushehr"},
    {"IR-19", "zanjan"},
    {"IR-20", "semnan"},
    {"IR-21", "yazd"},
    {"IR-22", "hormozgan"},
    {"IR-23", "tehran"},
    {"IR-24", "ardebil"},
    {"IR-24", "ardabil"},
    {"IR-25", "qom"},
    {"IR-26", "qazvin"},
    {"IR-27", "golestan"},
    {"IR-28", "northkhorasan"},
    {"IR-29", "southkhorasan"},
    {"IR-30", "alborz"},
    {"MM-01", "sagaing"},
    {"MM-02", "bago"},
    {"MM-03", "magway"},
    {"MM-04", "mandalay"},
    {"MM-05", "tanintharyi"},
    {"MM-06", "yangon"},
    {"MM-07", "ayeyarwady"},
    {"MM-11", "kachin"},
    {"MM-12", "kayah"},
    {"MM-13", "kayin"},
    {"MM-14", "chin"},
    {"MM-15", "mon"},
    {"MM-16", "rakhine"},
    {"MM-17", "shan"},
    {"MM-18", "naypyitaw"},
    {"VE-A", "distritocapital"},
    {"VE-B", "anzoategui"},
    {"VE-C", "apure"},
    {"VE-D", "aragua"},
    {"VE-E", "barinas"},
    {"VE-F", "bolivar"},
    {"VE-G", "carabobo"},
    {"VE-H", "cojedes"},
    {"VE-I", "falcon"},
    {"VE-J", "guarico"},
    {"VE-K", "lara"},
    {"VE-L", "merida"},
    {"VE-M", "miranda"},
    {"VE-N", "monagas"},
    {"VE-O", "nuevaesparta"},
    {"VE-P", "portuguesa"},
    {"VE-R", "sucre"},
    {"VE-S", "tachira"},
    {"VE-T", "trujillo"},
    {"VE-U", "yaracuy"},
    {"VE-V", "zulia"},
    {"VE-W", "dependenciasfederales"},
    {"VE-X", "laguaira"},
    {"VE-X", "vargas"},
    {"VE-Y", "deltaamacuro"},
    {"VE-Z", "amazonas"},
};

// The letter under the accent, of U+00C0 to U+00FF (UTF-8: c3 80 to c3 bf); a blank where there is none.
constexpr std::string_view kUnderAccents = "aaaaaaaceeeeiiii nooooo ouuuuy  aaaaaaaceeeeiiii nooooo ouuuuy y";

std::string plain(std::string_view name) {
  std::string letters;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c >= 'a' && c <= 'z') {
      letters += c;
    } else if (c >= 'A' && c <= 'Z') {
      letters += static_cast<char>(c - 'A' + 'a');
    } else if (c == '\xc3' && i + 1 < name.size()) {
      const auto index = static_cast<unsigned char>(name[++i]) - 0x80U;
      if (index < kUnderAccents.size() && kUnderAccents[index] != ' ') letters += kUnderAccents[index];
    }
  }
  return letters;
}

}  // namespace

std::optional<Entity> regionByName(std::string_view country, std::string_view name) {
  const std::string letters = plain(name);
  for (const Region& region : kRegions) {
    if (region.code.starts_with(country) && region.name == letters) return Entity::region(region.code);
  }
  return std::nullopt;
}

std::optional<Entity> regionByNumber(std::string_view country, std::string_view number) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size() || value > 999) return std::nullopt;
  return Entity::region(fmt::format("{}-{:03}", country, value));
}

}  // namespace nightjar::imports
