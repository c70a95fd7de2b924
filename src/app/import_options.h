// The command line of `nightjar import`.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "imports/importer.h"

namespace nightjar::app {

struct ImportArguments {
  imports::Importer importer{};
  std::vector<std::string> files;
  std::string store;
  std::optional<BinWidth> width;
  std::optional<Seconds> step;
  imports::ImportOptions options;
  bool json = false;
};

// Also reads the files of names that it mentions. The exit status when there is nothing to run: help was
// asked for, or the usage is wrong.
std::expected<ImportArguments, int> parseImportArguments(int argc, char** argv);

}  // namespace nightjar::app
