// nightjar import: the real binary, on the commands of docs/imports.md and on bad input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "run_program.h"

namespace nightjar::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// Runs a shell command in which `nightjar` is the binary.
Outcome shell(const TemporaryFolder& folder, const std::string& command) {
  const std::string script =
      "cd '" + (folder / "").string() + "' && nightjar() { '" NIGHTJAR_BINARY "' \"$@\"; }; " + command;
  return runProgram({"bash", "-c", script});
}

// The lines of the ```sh blocks of a page, by the name of the store that they write.
std::multimap<std::string, std::string> documentedImports() {
  std::istringstream page(readFile(NIGHTJAR_SOURCE_DIR "/docs/imports.md"));
  std::multimap<std::string, std::string> commands;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) inside = line == "```sh";
    if (!inside || !line.starts_with("nightjar import ")) continue;
    std::istringstream words(line.substr(line.find("--store ") + 8));
    std::string store;
    words >> store;
    commands.emplace(store, line);
  }
  return commands;
}

// The values of one series by time, as `nightjar series` prints them.
std::map<std::string, std::string> seriesOf(const TemporaryFolder& folder, const std::string& rest) {
  const Outcome printed = shell(folder, "nightjar series --store " + rest);
  EXPECT_EQ(printed.status, 0) << printed.err;
  std::istringstream lines(printed.out);
  std::map<std::string, std::string> values;
  for (std::string line; std::getline(lines, line);) {
    const size_t time = line.find(',');
    const size_t signal = line.find(',', time + 1);
    if (signal != std::string::npos) values[line.substr(0, time)] = line.substr(signal + 1);
  }
  return values;
}

class DocumentedImports : public testing::Test {
 protected:
  // Runs the page's commands for one store; false where a file of the shared data is missing.
  bool run(const std::string& store) {
    const fs::path shared = NIGHTJAR_SHARED_DATA "/series";
    if (!fs::exists(shared)) return false;
    for (const auto& file : fs::directory_iterator(shared)) {
      fs::create_symlink(fs::absolute(file.path()), folder_ / file.path().filename().string());
    }
    const auto all = documentedImports();
    const auto [first, last] = all.equal_range(store);
    EXPECT_NE(first, last) << "the page has no import into " << store;
    for (auto at = first; at != last; ++at) outcomes_.push_back(shell(folder_, at->second));
    return true;
  }

  TemporaryFolder folder_;
  std::vector<Outcome> outcomes_;
};

TEST_F(DocumentedImports, IraqsExaminations) {
  if (!run("iraq.db")) GTEST_SKIP() << "the shared data is not here";
  EXPECT_EQ(outcomes_[0].status, 0) << outcomes_[0].err;
  EXPECT_THAT(outcomes_[0].out,
              HasSubstr("4 series in bins of 5m: 11712 bins new, 0 changed, 0 as they were; 8 "
                        "judgements of others\n"));
  auto bgp = seriesOf(folder_, "iraq.db IQ --signal ioda.bgp");
  EXPECT_EQ(bgp.size(), 2929U) << "with the header";
  EXPECT_EQ(bgp["2023-08-20T01:00:00Z"], "2917,1.000");
  auto gtr = seriesOf(folder_, "iraq.db IQ --signal ioda.gtr");
  EXPECT_EQ(gtr["2023-08-20T01:25:00Z"], "3112278020,1.000");
  EXPECT_EQ(gtr["2023-08-20T01:30:00Z"], "2683913125,1.000");
  const std::string labels = shell(folder_, "nightjar incidents --store iraq.db --rule label").out;
  EXPECT_EQ(std::count(labels.begin(), labels.end(), '\n'), 9);
  EXPECT_THAT(shell(folder_, "nightjar incidents --store iraq.db").out, HasSubstr("No incident"));
}

TEST_F(DocumentedImports, IransCounties) {
  if (!run("iran.db")) GTEST_SKIP() << "the shared data is not here";
  EXPECT_EQ(outcomes_[0].status, 0) << outcomes_[0].err;
  EXPECT_THAT(outcomes_[0].out, HasSubstr("74 series in bins of 30m: 33004 bins new"));
  auto nation = seriesOf(folder_, "iran.db IR");
  EXPECT_EQ(nation["2019-11-10T20:00:00Z"], "") << "before the file begins, at midnight in Tehran";
  EXPECT_EQ(nation["2019-11-20T03:00:00Z"], "4.561643835616438,1.000");
  auto ardebil = seriesOf(folder_, "iran.db IR-001");
  EXPECT_EQ(ardebil["2019-11-10T20:30:00Z"], "100,1.000");
  EXPECT_EQ(ardebil["2019-11-10T21:00:00Z"], "100,1.000");
}

TEST_F(DocumentedImports, VenezuelasStates) {
  if (!run("venezuela.db")) GTEST_SKIP() << "the shared data is not here";
  EXPECT_EQ(outcomes_[0].status, 1) << "one value is dropped";
  EXPECT_THAT(outcomes_[0].err,
              HasSubstr("venezuela-2019-states.csv: line 1311: monash.connectivity of VE-S is "
                        "negative: -1\n"));
  EXPECT_THAT(outcomes_[0].out,
              HasSubstr("14 series in bins of 1h: 1581 bins new, 0 changed, 0 as they were; 1 row "
                        "or value dropped\n"));
  EXPECT_EQ(seriesOf(folder_, "venezuela.db VE-B")["2019-07-20T04:00:00Z"], "100,1.000");
}

TEST_F(DocumentedImports, BagosPings) {
  if (!run("bago.db")) GTEST_SKIP() << "the shared data is not here";
  EXPECT_EQ(outcomes_[0].status, 0) << outcomes_[0].err;
  EXPECT_THAT(outcomes_[0].err, HasSubstr("where the prober stopped, the place looks silent"));
  auto bago = seriesOf(folder_, "bago.db MM-02");
  EXPECT_EQ(bago.size(), 2257U) << "with the header";
  EXPECT_EQ(bago["2021-02-09T00:00:00Z"], "6,0.039");
  EXPECT_EQ(bago["2021-02-15T20:00:00Z"], "0,1.000");
  EXPECT_EQ(bago["2021-02-16T06:00:00Z"], "9,1.000");
}

class ImportTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) { writeFile(folder_ / name, text); }
  Outcome import(const std::string& rest) { return shell(folder_, "nightjar import " + rest); }

  TemporaryFolder folder_;
};

TEST_F(ImportTest, TheOtherDocumentedFormats) {
  write(
      "iraq-signals.json",
      R"({"type":"signals","error":null,"data":[[{"entityType":"country","entityCode":"IQ","entityName":"Iraq",)"
      R"("datasource":"bgp","subtype":"","from":1692493200,"until":1692493800,"step":300,"values":[2917,null]}]]})");
  write("iraq-events.json",
        R"({"data":[{"location":"country/IQ","start":1692579600,"duration":14400,)"
        R"("datasource":"bgp","method":"median","score":150.5,"location_name":"Iraq"}]})");
  write("ioda-iraq-raw.csv", "DateTime,BGP,Active Probing\n2023-08-20 01:05:00,2916,581\n");
  write("measurements.jsonl",
        R"({"measurement_start_time":"2022-01-05 10:00:07","input":"https://vlast.kz","probe_cc":"KZ",)"
        R"("probe_asn":"AS9198","test_name":"web_connectivity","test_keys":{"accessible":true}})");
  write("radar-iran.json", R"({"result":{"meta":{"aggInterval":"ONE_HOUR","units":[{"value":"bytes"}]},)"
                           R"("serie_0":{"timestamps":["2026-01-08T16:00:00Z"],"values":["0.5"]}}})");
  write("google-iran.json", ")]}'\n[[\"x\",[[1767888000000,[[21,0.5]]],[1767889800000,[[21,0.25]]]]]]");
  for (const char* store : {"ioda.db", "sites.db", "traffic.db"}) {
    const auto all = documentedImports();
    const auto [first, last] = all.equal_range(store);
    EXPECT_NE(first, last) << "the page has no import into " << store;
    for (auto at = first; at != last; ++at) {
      // One row does not say how long it holds; the store of the first import has the bins.
      const bool oneRow = at->second.find("ioda-csv") != std::string::npos;
      const Outcome done = shell(folder_, at->second + (oneRow ? " --step 5m" : ""));
      EXPECT_EQ(done.status, 0) << at->second << "\n" << done.err;
    }
  }
  auto bgp = seriesOf(folder_, "ioda.db IQ --signal ioda.bgp");
  EXPECT_EQ(bgp["2023-08-20T01:00:00Z"], "2917,1.000");
  EXPECT_EQ(bgp["2023-08-20T01:05:00Z"], "2916,1.000");
  EXPECT_THAT(shell(folder_, "nightjar incidents --store ioda.db --rule ioda-events").out,
              HasSubstr("ioda-events-IQ-bgp-20230821T010000Z"));
  EXPECT_EQ(seriesOf(folder_, "sites.db KZ")["2022-01-05T10:00:00Z"], "1,0.102");
  EXPECT_EQ(seriesOf(folder_, "traffic.db IR --signal radar.netflows")["2026-01-08T16:00:00Z"], "0.5,1.000");
  EXPECT_EQ(seriesOf(folder_, "traffic.db IR --signal google.youtube")["2026-01-08T16:00:00Z"],
            "0.375,1.000");
}

TEST_F(ImportTest, BadInputIsNamedTheRestKeptAndTheStoreStaysWhole) {
  const std::string csv = "csv bad.csv --store s.db --entity KZ --time t --value v=a.v";
  write("bad.csv",
        "t,v\n2022-01-05 10:00,5\n2022-01-05 10:05,\"3,5\"\n2022-01-05 10:10,NaN\n05/06/2022 10:15,1\n"
        "2022-01-05 10:20\n2022-01-05 10:25,-1\n2022-01-05 10:05,6\n2022-01-05 10:05,7\n");
  const Outcome done = import(csv);
  EXPECT_EQ(done.status, 1);
  for (const char* line :
       {"bad.csv: line 3: the value '3,5' has a decimal comma\n",
        "bad.csv: line 4: the value 'NaN' is no finite number\n",
        "bad.csv: line 5: the time '05/06/2022 10:15' can be read in two ways",
        "bad.csv: line 6: columns are missing\n", "bad.csv: line 7: a.v of KZ is negative: -1\n",
        "bad.csv: line 8: a.v of KZ at 2022-01-05T10:05:00Z is 6 here and 7 in line 9 of bad.csv",
        "bad.csv: 6 rows or values dropped\n"}) {
    EXPECT_THAT(done.err, HasSubstr(line));
  }
  auto kept = seriesOf(folder_, "s.db KZ");
  EXPECT_EQ(kept["2022-01-05T10:00:00Z"], "5,1.000");
  EXPECT_EQ(kept["2022-01-05T10:05:00Z"], "7,1.000");

  // What cannot be used at all leaves the store as it was.
  write("bad.csv", "t,w\n2022-01-05 10:00,9\n");
  EXPECT_THAT(import(csv).err, HasSubstr("bad.csv: there is no column 'v'; there are 't', 'w'"));
  write("bad.csv", "t,v\nyesterday,9\n");
  EXPECT_EQ(import(csv).status, 1);
  EXPECT_EQ(import(csv + " --bin 1h").status, 1);
  EXPECT_EQ(seriesOf(folder_, "s.db KZ"), kept);
}

TEST_F(ImportTest, AgainChangesNothingAndNewValuesWin) {
  write("a.csv", "t,v\n2022-01-05 10:00,5\n2022-01-05 10:05,6\n");
  const std::string command = "csv a.csv --store s.db --entity KZ --time t --value v=a.v";
  EXPECT_THAT(import(command).out, HasSubstr("2 bins new, 0 changed, 0 as they were"));
  EXPECT_THAT(import(command).out, HasSubstr("0 bins new, 0 changed, 2 as they were"));
  write("a.csv", "t,v\n2022-01-05 10:05,7\n2022-01-05 10:10,8\n");
  EXPECT_THAT(import(command).out, HasSubstr("1 bins new, 1 changed, 0 as they were"));
}

TEST_F(ImportTest, CompressedAndStandardInput) {
  write("a.csv", "t,v\n2022-01-05 10:00,5\n2022-01-05 10:05,6\n");
  const std::string options = " --store s.db --entity KZ --time t --value v=a.v";
  EXPECT_EQ(shell(folder_, "gzip -k a.csv && nightjar import csv a.csv.gz" + options).status, 0);
  const Outcome piped = shell(folder_, "cat a.csv.gz | nightjar import csv -" + options);
  EXPECT_EQ(piped.status, 0) << piped.err;
  EXPECT_THAT(piped.out, HasSubstr("2 as they were"));
}

TEST_F(ImportTest, Json) {
  write("a.csv", "t,v\n2022-01-05 10:00,5\n2022-01-05 10:05,-6\n");
  const Outcome done = import("csv a.csv --json --step 5m --store s.db --entity KZ --time t --value v=a.v");
  EXPECT_EQ(
      done.out,
      R"({"bin":300,"added":1,"replaced":0,"unchanged":0,"judgements":0,"dropped":1,"series":[{"entity":"KZ",)"
      R"("name":"Kazakhstan","signal":"a.v","step":300,"timing":"regular","bins":1,"coverage":1.0,"from":"2022-01-05T10:00:00Z",)"
      R"("until":"2022-01-05T10:05:00Z"}],"files":[{"input":"a.csv","dropped":1,"findings":1,)"
      R"("told":["line 3: a.v of KZ is negative: -6"]}]})"
      "\n");
}

TEST_F(ImportTest, StepsAndBinsAreShownAndValuesThatFillSeveralAreTold) {
  write("a.csv",
        "t,v\n2022-01-05 10:00:07,5\n2022-01-05 10:31:02,6\n2022-01-05 11:12:40,7\n2022-01-05 12:15:01,8\n");
  const std::string options = "csv a.csv --entity KZ --time t --value v=a.v";
  Outcome done = import(options + " --store s.db");
  EXPECT_THAT(done.out, HasSubstr(" a.v                        41m 38s irregular "));
  EXPECT_THAT(done.out, HasSubstr("1 series in bins of 1h: "));
  EXPECT_EQ(done.err,
            "a.csv: a.v of KZ comes at irregular times, from 30m 55s to 1h 2m apart, usually 41m 38s\n");
  done = import(options + " --store t.db --bin 5m");
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.err, HasSubstr("\neach value of a.v of KZ fills 8 bins of 5m, and a single one then looks "
                                  "like as many\n"));
  write("b.csv",
        "t,v,w\n2022-01-05 10:00:00,,1\n2022-01-05 10:00:07,5,\n2022-01-05 10:05:00,,1\n2022-01-05 "
        "10:31:02,6,\n2022-01-05 11:12:40,7,\n2022-01-05 12:15:01,8,\n");
  done = import("csv b.csv --entity KZ --time t --value v=a.v --value w=a.w --store u.db");
  EXPECT_THAT(done.err,
              HasSubstr("\nbins of 5m are those of the regular series; values of a.v of KZ come 41m "
                        "38s apart\neach value of a.v of KZ fills 8 bins"));
  EXPECT_THAT(done.out, HasSubstr(" a.w                        5m regular "));
}

TEST_F(ImportTest, TheCoverageIsThatOfTheWholeSpan) {
  write("a.csv", "t,v\n2022-01-05 10:00,5\n2022-01-05 10:05,6\n2022-01-05 10:10,\n2022-01-05 10:15,7\n");
  const Outcome done = import("csv a.csv --step 5m --store s.db --entity KZ --time t --value v=a.v");
  EXPECT_THAT(done.out,
              HasSubstr("5m regular               3   75.0 %  2022-01-05T10:00:00Z 2022-01-05T10:20:00Z"));
}

TEST_F(ImportTest, WrongUsage) {
  for (const char* rest :
       {"", "csv", "csv a.csv", "nope a.csv --store s.db", "csv a.csv --store s.db --zone 3",
        "csv a.csv --store s.db --value v=Big", "csv a.csv --store s.db --entity narnia",
        "csv a.csv --store s.db --step 5", "csv a.csv --store s.db --bin 7m"}) {
    const Outcome done = import(rest);
    EXPECT_EQ(done.status, 2) << rest << "\n" << done.err;
    EXPECT_THAT(done.err, HasSubstr("Try 'nightjar import --help'"));
  }
  write("a.csv", "t,v\n2022-01-05 10:00,5\n");
  EXPECT_EQ(import("csv a.csv --store s.db").status, 2) << "the columns are not named";
  EXPECT_FALSE(fs::exists(folder_ / "s.db"));
  EXPECT_EQ(import("csv missing.csv --store s.db --time t --value v=v --entity KZ").status, 1);
  EXPECT_THAT(import("--help").out, HasSubstr("  ooni "));
}

}  // namespace
}  // namespace nightjar::test
