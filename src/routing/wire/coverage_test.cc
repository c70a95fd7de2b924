// docs/wire.md says what is decoded; this test holds it against the code.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "routing/wire/attributes.h"
#include "routing/wire/mrt.h"

namespace nightjar::wire {
namespace {

std::string read(const std::string& path) {
  std::ifstream in(std::string(NIGHTJAR_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string recordTable() {
  std::string table = "| type | subtype | name | source | read by |\n|---|---|---|---|---|\n";
  const auto reader = [](RecordKind kind) {
    switch (kind) {
      case RecordKind::kPeerIndexTable:
        return "`decodePeerIndexTable`";
      case RecordKind::kRib:
        return "`decodeRib`";
      case RecordKind::kTableDump:
        return "`decodeTableDump`";
      case RecordKind::kMessage:
        return "`decodeMessage`";
      case RecordKind::kStateChange:
        return "`decodeStateChange`";
      case RecordKind::kUnsupported:
        break;
    }
    return "skipped";
  };
  for (const RecordForm& form : recordForms()) {
    table += "| " + std::to_string(form.type) + " | " + std::to_string(form.subtype) + " | " +
             std::string(form.name) + " | " + std::string(form.rfc) + " | " + reader(form.kind) + " |\n";
  }
  return table;
}

std::string attributeTable() {
  std::string table = "| type | name | flags | source | read by |\n|---|---|---|---|---|\n";
  for (const AttributeForm& form : attributeForms()) {
    const std::string flags = (form.flags & kOptional) == 0     ? "well-known"
                              : (form.flags & kTransitive) == 0 ? "optional"
                                                                : "optional transitive";
    const std::string reader = form.decoder.empty() ? "raw" : "`" + std::string(form.decoder) + "`";
    table += "| " + std::to_string(static_cast<int>(form.type)) + " | " + std::string(form.name) + " | " +
             flags + " | " + std::string(form.rfc) + " | " + reader + " |\n";
  }
  return table;
}

TEST(Coverage, DocumentHasTheTablesOfTheCode) {
  const std::string document = read("docs/wire.md");
  for (const std::string& table : {recordTable(), attributeTable()}) {
    EXPECT_NE(document.find("\n\n" + table + "\n"), std::string::npos) << "docs/wire.md needs this table:\n"
                                                                       << table;
  }
}

TEST(Coverage, RecordTableAgreesWithKindOf) {
  std::set<std::pair<uint16_t, uint16_t>> listed;
  for (const RecordForm& form : recordForms()) {
    EXPECT_EQ(kindOf(form.type, form.subtype), form.kind) << form.name;
    listed.insert({form.type, form.subtype});
  }
  for (uint16_t type = 0; type < 60; ++type) {
    for (uint16_t subtype = 0; subtype < 20; ++subtype) {
      if (type == static_cast<uint16_t>(MrtType::kBgp4mpEt)) {
        EXPECT_EQ(kindOf(type, subtype), kindOf(16, subtype));
      } else if (!listed.contains({type, subtype})) {
        EXPECT_EQ(kindOf(type, subtype), RecordKind::kUnsupported)
            << type << "/" << subtype << " is not listed";
      }
    }
  }
}

TEST(Coverage, DecodersOfTheAttributeTableExist) {
  const std::string headers = read("src/routing/wire/attributes.h") + read("src/routing/wire/as_path.h");
  for (const AttributeForm& form : attributeForms()) {
    EXPECT_NE(headers.find(std::string(form.decoder) + (form.decoder.empty() ? "" : "(")), std::string::npos)
        << form.decoder;
    EXPECT_EQ(formOf(static_cast<uint8_t>(form.type)), &form);
  }
}

}  // namespace
}  // namespace nightjar::wire
