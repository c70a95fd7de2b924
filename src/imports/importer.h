// The formats that are imported: one small file each, and one line in the table of importers.cc.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/entity.h"
#include "base/result.h"
#include "base/time.h"
#include "imports/intake.h"
#include "series/series.h"

namespace nightjar::imports {

// What the command line says about the files. An importer takes what it needs and leaves the rest.
struct ImportOptions {
  struct Value {
    std::string column;
    series::Signal signal;
  };
  std::vector<std::string> columns;  // of a file whose first row is one of values
  std::string time_column;
  std::string time_format;  // see TimeReader::withFormat; empty: any that is known
  Seconds zone{0};          // of times that name none
  std::vector<Value> values;
  std::string signal_column;  // what it says goes behind the name of the signal
  std::string label_column;
  std::optional<Entity> entity;  // everything is of this place
  std::string entity_column;
  std::map<std::string, Entity, std::less<>> entity_map;  // by the name that the file has
  std::map<std::string, Asn, std::less<>> asn_map;        // networks by the name that the file has
  std::map<std::string, Seconds, std::less<>> steps;      // by column
  std::string address_column;
  std::optional<BinWidth> bin;  // where the importer counts into bins by itself
};

struct Importer {
  const char* name;     // as typed: "csv"
  const char* summary;  // one line for --help
  // Reads the whole text of a file. What is unsound in part becomes findings; an error means that the file is
  // not of this format at all, and that nothing of it may be kept.
  Result<void> (*read)(std::string_view text, const ImportOptions& options, Intake& intake);
};

// The largest text, after decompression.
inline constexpr size_t kMostText = size_t{256} << 20;

std::span<const Importer> importers();
// Fails with kUsage and the names that there are.
Result<Importer> importerOf(std::string_view name);

}  // namespace nightjar::imports
