// What the tests of scenarios share: building an episode or a scenario with the real binary, replaying it,
// reading its verdict and its series.
#pragma once

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
#include <sstream>

namespace nightjar {

namespace fs = std::filesystem;
inline const fs::path kSource = NIGHTJAR_SOURCE_DIR;

// One folder for all that these tests write.
inline const fs::path& workFolder() {
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

inline std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Output {
  int status = -1;
  std::string out;
  std::string err;
};

inline Output nightjar(const std::string& arguments) {
  const fs::path out = workFolder() / "stdout";
  const fs::path err = workFolder() / "stderr";
  const std::string command = std::string(NIGHTJAR_BINARY) + " " + arguments + " >" + out.string() + " 2>" +
                              err.string() + " </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(out), read(err)};
}

// The folder of a bundled episode or, for a file of tests/scenarios, of the small world beside it with its
// events. Built once for all tests.
inline const fs::path& archivesOf(const std::string& name) {
  static std::map<std::string, fs::path> built;
  const auto [entry, added] = built.try_emplace(name, workFolder() / name);
  if (!added) return entry->second;
  fs::create_directories(entry->second.parent_path());
  fs::path file = kSource / "demo/episodes" / (name + ".toml");
  if (!fs::exists(file)) {
    const fs::path scenario = kSource / "tests/scenarios" / (name + ".toml");
    file = workFolder() / (name + ".toml");
    std::ofstream out(file, std::ios::binary);
    out << read(scenario.parent_path() / "world.toml");
    if (scenario.stem() != "world") out << "\n" << read(scenario);
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
  // The first of that kind.
  static const rapidjson::Value* phase(const rapidjson::Value& incident, const std::string& name) {
    for (const auto& element : incident["phases"].GetArray()) {
      if (textOf(element, "phase") == name) return &element;
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

// One series of the replayed archives.
struct Point {
  std::string time;
  double value = 0;
  double coverage = 0;
};
using Points = std::vector<Point>;

inline Points pointsIn(const fs::path& store, const std::string& entity, const std::string& signal) {
  const Output printed =
      nightjar("series --csv --store " + store.string() + " " + entity + " --signal " + signal);
  EXPECT_EQ(printed.status, 0) << printed.err;
  Points points;
  std::istringstream lines(printed.out);
  std::string line;
  for (std::getline(lines, line);
       std::getline(lines, line);) {  // after the heading: time,signal,value,coverage
    std::istringstream fields(line);
    std::string word;
    Point& point = points.emplace_back();
    std::getline(fields, point.time, ',');
    std::getline(fields, word, ',');
    std::getline(fields, word, ',');
    point.value = std::atof(word.c_str());
    std::getline(fields, word, ',');
    point.coverage = std::atof(word.c_str());
  }
  EXPECT_FALSE(points.empty());
  return points;
}

// Of all archives, or of one collector's alone.
inline Points seriesOf(const std::string& name, const std::string& entity, const std::string& signal,
                       const std::string& collector = "") {
  const fs::path& archives = archivesOf(name);
  const fs::path store = workFolder() / (name + collector + ".db");
  if (!fs::exists(store)) {
    const Output replayed = nightjar("replay --geo " + (archives / "geo.csv").string() + " --store " +
                                     store.string() + " " + (archives / collector).string());
    EXPECT_EQ(replayed.status, 0) << replayed.err;
  }
  return pointsIn(store, entity, signal);
}

inline double largest(const Points& points) {
  double most = 0;
  for (const Point& point : points) most = std::max(most, point.value);
  return most;
}

inline double leastCoverage(const Points& points) {
  double least = 1;
  for (const Point& point : points) least = std::min(least, point.coverage);
  return least;
}

}  // namespace nightjar
