// Whole stories through the real binary: `nightjar episode` builds the archives, `nightjar replay` judges
// them.
#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>

namespace nightjar {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const fs::path kSource = NIGHTJAR_SOURCE_DIR;

// One folder for all that these tests write.
const fs::path& workFolder() {
  static const struct Folder {
    Folder() {
      std::string name = (fs::temp_directory_path() / "nightjar-scenario-XXXXXX").string();
      path = mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path); }
    fs::path path;
  } folder;
  return folder.path;
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Output {
  int status = -1;
  std::string out;
  std::string err;
};

Output nightjar(const std::string& arguments) {
  const fs::path out = workFolder() / "stdout";
  const fs::path err = workFolder() / "stderr";
  const std::string command = std::string(NIGHTJAR_BINARY) + " " + arguments + " >" + out.string() + " 2>" +
                              err.string() + " </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(out), read(err)};
}

// The archives of a bundled episode or, for a file of tests/scenarios, of the small world with its events.
// Built once for all tests.
const fs::path& archivesOf(const std::string& name) {
  static std::map<std::string, fs::path> built;
  const auto [entry, added] = built.try_emplace(name, workFolder() / name);
  if (!added) return entry->second;
  fs::path file = kSource / "demo/episodes" / (name + ".toml");
  if (!fs::exists(file)) {
    const fs::path scenarios = kSource / "tests/scenarios";
    file = workFolder() / (name + ".toml");
    std::ofstream out(file, std::ios::binary);
    out << read(scenarios / "world.toml");
    if (name != "world") out << "\n" << read(scenarios / (name + ".toml"));
  }
  const Output result = nightjar("episode " + file.string() + " -o " + entry->second.string());
  EXPECT_EQ(result.status, 0) << result.err;
  return entry->second;
}

// What `replay --json` says.
class Verdict {
 public:
  // `inputs` as on the command line; by default the folder of archives.
  explicit Verdict(const fs::path& archives, const std::string& inputs = "",
                   const std::string& options = "") {
    const Output result = nightjar("replay --json --geo " + (archives / "geo.csv").string() + " " + options +
                                   " " + (inputs.empty() ? archives.string() : inputs));
    EXPECT_EQ(result.status, 0) << result.err;
    text_ = result.out;
    errors_ = result.err;
    document_.Parse(text_.data(), text_.size());
    EXPECT_FALSE(document_.HasParseError()) << text_;
  }

  const std::string& text() const { return text_; }
  const std::string& errors() const { return errors_; }
  std::string word(const char* key) const { return document_[key].GetString(); }
  const rapidjson::Value& list(const char* key) const { return document_[key]; }

  std::vector<std::string> incidentEntities() const {
    std::vector<std::string> entities;
    for (const auto& incident : list("incidents").GetArray()) entities.push_back(textOf(incident, "entity"));
    return entities;
  }
  const rapidjson::Value* incident(const std::string& entity) const {
    return find(list("incidents"), entity);
  }
  const rapidjson::Value* observation(const std::string& entity) const {
    return find(list("observations"), entity);
  }
  // For messages.
  std::string incidents() const {
    std::string all;
    for (const auto& i : list("incidents").GetArray()) {
      all += textOf(i, "entity") + " " + textOf(i, "kind") + " " + textOf(i, "onset") + "\n";
    }
    return all;
  }

  static std::string textOf(const rapidjson::Value& object, const char* key) {
    const auto member = object.FindMember(key);
    return member != object.MemberEnd() && member->value.IsString() ? member->value.GetString() : "";
  }
  static const rapidjson::Value* find(const rapidjson::Value& array, const std::string& entity) {
    for (const auto& element : array.GetArray()) {
      if (textOf(element, "entity") == entity) return &element;
    }
    return nullptr;
  }
  static const rapidjson::Value* signal(const rapidjson::Value& incident, const std::string& name) {
    for (const auto& element : incident["signals"].GetArray()) {
      if (textOf(element, "signal") == name) return &element;
    }
    return nullptr;
  }

 private:
  std::string text_;
  std::string errors_;
  rapidjson::Document document_;
};

// ---- What is no outage

class NoOutage : public testing::TestWithParam<const char*> {};

TEST_P(NoOutage, GivesNoIncident) {
  const Verdict verdict(archivesOf(GetParam()));
  EXPECT_EQ(verdict.incidents(), "");
}

INSTANTIATE_TEST_SUITE_P(Scenarios, NoOutage,
                         testing::Values("world", "peer_reset", "peer_silent", "collector_gone", "rehomed",
                                         "aggregated", "hijacked", "leak_storm", "burst", "flapping"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Scenarios, AreAllPlayed) {
  std::set<std::string> files;
  for (const auto& entry : fs::directory_iterator(kSource / "tests/scenarios"))
    files.insert(entry.path().stem());
  EXPECT_THAT(files, testing::UnorderedElementsAre("world", "peer_reset", "peer_silent", "collector_gone",
                                                   "rehomed", "aggregated", "hijacked", "leak_storm", "burst",
                                                   "flapping", "withdrawn"));
}

TEST(Scenarios, ABurstOfUpdatesIsToldAndIsNoOutage) {
  const Verdict verdict(archivesOf("burst"));
  const auto* observation = verdict.observation("ZW");
  ASSERT_NE(observation, nullptr) << verdict.text();
  EXPECT_EQ(Verdict::textOf(*observation, "kind"), "announced");
  EXPECT_EQ(Verdict::textOf(*observation, "start"), "2024-03-02T03:00:00Z");
}

// ---- What is one

void expectWithdrawn(const Verdict& verdict) {
  EXPECT_THAT(verdict.incidentEntities(), ElementsAre("ZW")) << verdict.incidents();
  const auto* incident = verdict.incident("ZW");
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(Verdict::textOf(*incident, "kind"), "withdrawn");
  EXPECT_EQ(Verdict::textOf(*incident, "onset"), "2024-03-02T03:00:00Z");
  EXPECT_EQ(Verdict::textOf(*incident, "end"), "2024-03-02T09:05:00Z");
}

TEST(Scenarios, AWithdrawalIsOne) {
  const Verdict verdict(archivesOf("withdrawn"));
  expectWithdrawn(verdict);
  EXPECT_THAT(verdict.word("simulation"), HasSubstr("simulation: scenario"));
  const auto* prefixes = Verdict::signal(*verdict.incident("ZW"), "routing.prefixes4");
  ASSERT_NE(prefixes, nullptr);
  EXPECT_EQ((*prefixes)["baseline"].GetDouble(), 20 + 10 + 256);
  EXPECT_EQ((*prefixes)["floor"].GetDouble(), 1);
}

TEST(Scenarios, TheOrderOfFilesDoesNotMatter) {
  const fs::path& archives = archivesOf("withdrawn");
  std::vector<std::string> files;
  for (const char* collector : {"rrc00", "route-views2"}) {
    for (const auto& entry : fs::directory_iterator(archives / collector)) files.push_back(entry.path());
  }
  std::sort(files.rbegin(), files.rend());
  std::rotate(files.begin(), files.begin() + static_cast<ptrdiff_t>(files.size() / 3), files.end());
  std::string inputs;
  for (const std::string& file : files) inputs += " " + file;
  EXPECT_EQ(Verdict(archives, inputs).text(), Verdict(archives).text());
}

TEST(Scenarios, TheNumberOfThreadsDoesNotMatter) {
  for (const char* name : {"withdrawn", "leak_storm", "collector_gone"}) {
    const fs::path& archives = archivesOf(name);
    EXPECT_EQ(Verdict(archives, "", "--threads 1").text(), Verdict(archives, "", "--threads 2").text())
        << name;
  }
}

// ---- Missing files

// A copy of the archives without these files.
fs::path without(const std::string& name, const std::string& copyName,
                 const std::vector<std::string>& files) {
  const fs::path copy = workFolder() / copyName;
  fs::copy(archivesOf(name), copy, fs::copy_options::recursive);
  for (const std::string& file : files) EXPECT_TRUE(fs::remove(copy / file)) << file;
  return copy;
}

TEST(Scenarios, AMissingFileOfUpdatesIsNoOutage) {
  const Verdict verdict(without("world", "holes",
                                {"rrc00/updates.20240302.0300.gz", "rrc00/updates.20240302.0305.gz",
                                 "route-views2/updates.20240302.0415.bz2"}));
  EXPECT_EQ(verdict.incidents(), "");
}

// After the next table all is known again.
TEST(Scenarios, AnEarlierMissingFileHidesNoOutage) {
  expectWithdrawn(Verdict(without("withdrawn", "hole", {"rrc00/updates.20240301.0505.gz"})));
}

// ---- The bundled episodes

TEST(Egypt2011, GoesProviderByProviderAndReturns) {
  const Verdict verdict(archivesOf("egypt-2011"));
  EXPECT_THAT(verdict.incidentEntities(), ElementsAre("EG")) << verdict.incidents();
  const auto* incident = verdict.incident("EG");
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(Verdict::textOf(*incident, "kind"), "withdrawn");
  EXPECT_EQ(Verdict::textOf(*incident, "onset"), "2011-01-27T22:10:00Z");
  const std::string end = Verdict::textOf(*incident, "end");
  EXPECT_GE(end, "2011-02-02T09:30:00Z");
  EXPECT_LE(end, "2011-02-02T10:05:00Z");
}

TEST(Kazakhstan2022, IsAnnouncedAndNoOutage) {
  const Verdict verdict(archivesOf("kazakhstan-2022"));
  EXPECT_EQ(verdict.incidents(), "");
  const auto* observation = verdict.observation("KZ");
  ASSERT_NE(observation, nullptr) << verdict.text();
  EXPECT_EQ(Verdict::textOf(*observation, "kind"), "announced");
  EXPECT_EQ(Verdict::textOf(*observation, "start"), "2022-01-05T10:45:00Z");
}

}  // namespace
}  // namespace nightjar
