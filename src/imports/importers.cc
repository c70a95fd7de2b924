#include <fmt/format.h>

#include "imports/csv.h"
#include "imports/google.h"
#include "imports/importer.h"
#include "imports/ioda.h"
#include "imports/ioda_csv.h"
#include "imports/monash.h"
#include "imports/ooni.h"
#include "imports/pings.h"
#include "imports/radar.h"

namespace nightjar::imports {
namespace {

// One line per format, in the order of `nightjar import --help`.
constexpr Importer kImporters[] = {
    {"csv", "any CSV: --time COLUMN --value COLUMN=SIGNAL, and --entity or --entity-column", readCsv},
    {"ioda", "IODA's API v2: signals, alerts or events, JSON", readIoda},
    {"ioda-csv", "the CSV that IODA's page exports; --entity", readIodaCsv},
    {"monash", "the Monash IP Observatory's hourly connectivity, CSV; --zone where times are local",
     readMonash},
    {"pings", "single answered pings, CSV: how many addresses answer", readPings},
    {"ooni", "OONI's measurements of sites, JSON or JSON lines", readOoni},
    {"radar", "time series of Cloudflare Radar, JSON or CSV; --entity", readRadar},
    {"google", "traffic of Google's Transparency Report, JSON or CSV; --entity", readGoogle},
};

}  // namespace

std::span<const Importer> importers() {
  return kImporters;
}

Result<Importer> importerOf(std::string_view name) {
  std::string names;
  for (const Importer& importer : kImporters) {
    if (importer.name == name) return importer;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", importer.name);
  }
  return fail(ErrorKind::kUsage, fmt::format("there is no format '{}'; there are {}", name, names));
}

}  // namespace nightjar::imports
