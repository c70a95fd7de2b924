// From the files and folders of a command line to the archives to be read, in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace nightjar::app {

// A time stamp that is further than this from those next to it is damage: the records of one file follow each
// other, and one from 2106 must not end the replay of 2011.
inline constexpr Seconds kLargestJump = std::chrono::hours(24);

enum class InputKind : uint8_t { kRib, kUpdates };

struct InputFile {
  std::string path;
  std::string collector;  // "rrc00", "route-views.sg"; see collectorOf
  InputKind kind = InputKind::kUpdates;
  Time start;                   // of the first record; of the name where there is no record
  std::optional<Time> nominal;  // of the name: updates.20220105.1045.gz is 2022-01-05T10:45:00Z
  uint64_t size = 0;            // compressed bytes
  bool empty = false;           // no byte once decompressed: the collector ran and nothing happened
};

// The log of a prober.
struct InputLog {
  std::string path;
  std::string prober;
  Time begun;
  std::chrono::microseconds round{0};  // of the prober's block engine
};

struct InputPlan {
  std::vector<InputFile> files;      // by start, RIBs before updates, then path
  std::vector<InputLog> logs;        // by prober, begin, path
  std::vector<Error> errors;         // what cannot be read or is no archive and no log; by path
  std::vector<std::string> skipped;  // files in folders whose names are not those of archives; by path
};

// Looks at each file's first records (and decompresses no more than that). Logs of probers, told by their
// content, may stand among the archives of routes. Folders are walked with all their
// subfolders; a file named outright is taken whatever its name. A file reached twice counts once. The plan
// depends on the set of files alone, not on the order of `paths`.
InputPlan planInputs(const std::vector<std::string>& paths);

// The collector that a path belongs to: the nearest part of it, from the file name upwards, that is a name of
// RIPE RIS (rrc and digits) or of RouteViews (route-views, route-views2, route-views.sg, ...); file names may
// have it in front or among other words (rrc00.updates.20220105.1045.gz). RouteViews keeps the files of
// route-views2 in bgpdata/ itself. Else the nearest folder that is not one of an archive's own (bgpdata,
// RIBS, UPDATES, 2022.01), else "collector".
std::string collectorOf(const std::string& path);

// The time in a file's name: YYYYMMDD.HHMM (RIS, RouteViews) or seconds since 1970 after "bview", "rib" or
// "updates" and a dot. Nothing where there is none.
std::optional<Time> nominalTimeOf(const std::string& path);

}  // namespace nightjar::app
