#include "names/place_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

#include "names/gettext_catalog.h"
#include "names/regions.h"

namespace nightjar::names {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> namesOf(const PlaceNames& names, const char* code) {
  return names.of(Entity::parse(code).value());
}

TEST(PlaceNames, KnowsCountriesInTheirOwnLanguages) {
  const PlaceNames names = PlaceNames::load("/nonexistent");
  EXPECT_THAT(namesOf(names, "KZ"), ElementsAre("Kazakhstan", "Қазақстан", "Qazaqstan", "Казахстан"));
  EXPECT_THAT(namesOf(names, "EG"), Contains("مصر"));
  EXPECT_THAT(namesOf(names, "IR"), Contains("ایران"));
  EXPECT_THAT(namesOf(names, "MM"), Contains("Мьянма (Бирма)"));
  EXPECT_EQ(namesOf(names, "CI").front(), "Côte d'Ivoire");
  EXPECT_THAT(namesOf(names, "KZ-ALA"), IsEmpty()) << "no list of regions is there";
  EXPECT_THAT(namesOf(names, "AS9198"), IsEmpty());
}

// An MO file of these texts.
std::string catalogOf(const std::vector<std::pair<std::string, std::string>>& texts) {
  std::string tables, body;
  const auto number = [](size_t value) {
    const auto word = static_cast<uint32_t>(value);
    return std::string(reinterpret_cast<const char*>(&word), sizeof word);
  };
  const size_t header = 28;
  const size_t start = header + 16 * texts.size();
  for (const bool translated : {false, true}) {
    for (const auto& [original, translation] : texts) {
      const std::string& text = translated ? translation : original;
      tables += number(text.size()) + number(start + body.size());
      body += text + '\0';
    }
  }
  return number(0x950412de) + number(0) + number(texts.size()) + number(header) +
         number(header + 8 * texts.size()) + number(0) + number(0) + tables + body;
}

TEST(PlaceNames, ReadsRegionsAndTheirTranslations) {
  const auto share = std::filesystem::temp_directory_path() / "nightjar-place-names-test";
  std::filesystem::create_directories(share / "iso-codes/json");
  std::filesystem::create_directories(share / "locale/ru/LC_MESSAGES");
  std::ofstream(share / "iso-codes/json/iso_3166-2.json")
      << R"({"3166-2":[{"code":"KZ-ALA","name":"Almaty","type":"City"},{"code":"KZ-X"},7]})";
  std::ofstream(share / "locale/ru/LC_MESSAGES/iso_3166-2.mo", std::ios::binary)
      << catalogOf({{"", "Content-Type: text/plain; charset=UTF-8\n"}, {"Almaty", "Алма-Ата"}});
  const PlaceNames names = PlaceNames::load(share);
  EXPECT_THAT(namesOf(names, "KZ-ALA"), ElementsAre("Almaty", "Алма-Ата"));
  EXPECT_THAT(namesOf(names, "KZ-X"), IsEmpty());
  std::filesystem::remove_all(share);
}

TEST(GettextCatalog, RefusesWhatItCannotRead) {
  const std::string whole = catalogOf({{"Almaty", "Алма-Ата"}});
  ASSERT_TRUE(readGettextCatalog(whole));
  EXPECT_EQ(readGettextCatalog(whole)->at("Almaty"), "Алма-Ата");
  for (size_t length = 0; length + 1 < whole.size(); ++length) {
    const auto read = readGettextCatalog(std::string_view(whole).substr(0, length));
    EXPECT_FALSE(read) << length;
  }
  EXPECT_FALSE(readGettextCatalog(std::string(64, 'x')));
}

TEST(Regions, RefusesWhatIsNoList) {
  EXPECT_FALSE(readRegions("[]"));
  EXPECT_FALSE(readRegions("{\"3166-2\":7}"));
  EXPECT_FALSE(readRegions("{"));
}

}  // namespace
}  // namespace nightjar::names
