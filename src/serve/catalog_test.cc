#include "serve/catalog.h"

#include <gtest/gtest.h>

#include "serve/unicode.h"

namespace nightjar::serve {
namespace {

std::vector<std::string> names(const Entity& entity) {
  if (entity.code() == "KZ") return {"Kazakhstan", "Казахстан", "Қазақстан", "Qazaqstan"};
  if (entity.code() == "EG") return {"Egypt"};
  return {};
}

class CatalogTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = series::openStore(":memory:").value();
    for (const char* code : {"KZ", "EG", "AS9198", "AS9198@KZ", "AS29355@KZ", "KZ-ALA", "AS9198@RU"}) {
      const auto id = store_->idOf({"routing.visible24", Entity::parse(code).value()}).value();
      const series::Sample sample{id, {1, 1}};
      ASSERT_TRUE(store_->append(Bin{100}, {&sample, 1}));
    }
    catalog_ = Catalog::read(*store_, names).value();
  }

  std::vector<std::string> found(std::string_view text) {
    std::vector<std::string> codes;
    for (const CatalogEntry* entry : catalog_.search(text, 10)) codes.push_back(entry->entity.code());
    return codes;
  }

  std::unique_ptr<series::Store> store_;
  Catalog catalog_;
};

using Codes = std::vector<std::string>;

TEST_F(CatalogTest, FindsPlacesByAnyOfTheirNames) {
  for (const char* text : {"kazakh", "KAZAKHSTAN", "казах", "ҚАЗАҚ", "qazaq"}) {
    EXPECT_EQ(found(text), Codes{"KZ"}) << text;
  }
  EXPECT_EQ(found("kz"), (Codes{"KZ", "KZ-ALA"}));
  EXPECT_EQ(found("as9198").front(), "AS9198");
  EXPECT_EQ(found("stan"), Codes{}) << "words are found by how they begin";
  EXPECT_EQ(found("").size(), 7U);
  EXPECT_EQ(found("@"), Codes{});
  EXPECT_EQ(found("egýpt"), Codes{"EG"}) << "accents do not count";
  EXPECT_EQ(found("AS9198@k"), Codes{"AS9198@KZ"});
}

TEST_F(CatalogTest, KnowsWhatBelongsToAPlace) {
  const auto children = [&](const char* code) {
    Codes codes;
    for (const CatalogEntry* entry : catalog_.childrenOf(Entity::parse(code).value())) {
      codes.push_back(entry->entity.code());
    }
    return codes;
  };
  EXPECT_EQ(children("KZ"), (Codes{"AS29355@KZ", "AS9198@KZ", "KZ-ALA"}));
  EXPECT_EQ(children("AS9198"), (Codes{"AS9198@KZ", "AS9198@RU"}));
  EXPECT_EQ(children("EG"), Codes{});
  EXPECT_EQ(catalog_.find("EG")->name(), "Egypt");
  EXPECT_EQ(catalog_.find("XX"), nullptr);
}

TEST(FoldForSearch, LeavesWhatTheReaderMeans) {
  EXPECT_EQ(foldForSearch("Côte d'Ivoire"), "cote d ivoire");
  EXPECT_EQ(foldForSearch("  ÄÖ—Ç (ÑŽ) ΑΩ "), "ao c nz αω");
  EXPECT_EQ(foldForSearch("Ёлка, ЙОД"), "елка иод");
  EXPECT_EQ(foldForSearch("ﬁ Ⅷ"), "fi viii") << "compatibility forms";
  EXPECT_EQ(foldForSearch("日本"), "日本");
  EXPECT_EQ(foldForSearch("\xff\xf0\x9f"), "") << "broken bytes are no letters";
}

TEST(IsUtf8, KnowsBrokenText) {
  EXPECT_TRUE(isUtf8(""));
  EXPECT_TRUE(isUtf8("Қазақстан"));
  for (const char* broken : {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\xaf"}) EXPECT_FALSE(isUtf8(broken));
}

}  // namespace
}  // namespace nightjar::serve
