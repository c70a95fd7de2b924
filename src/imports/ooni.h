// OONI's measurements of sites (https://github.com/ooni/spec, nettests/ts-017-web-connectivity.md): files of
// JSON documents one after another (JSON lines), and the lists of its API (/api/v1/measurements).
#pragma once

#include "imports/importer.h"

namespace nightjar::imports {

// Becomes sites.ok: of the measurements in a bin (options.bin, else 1 hour) the share that found the site
// accessible; for each site over all countries in the file, each country and each network in a country over
// all sites. Coverage grows with the number n of measurements, n/10 up to 1: the standard error of a share is
// then at most 0.22 where the judgement begins (coverage 0.5).
//
// The verdict is the file's own (test_keys.accessible; in the API's lists, no anomaly and no failure). A
// measurement without one says nothing, and is counted in a word.
Result<void> readOoni(std::string_view text, const ImportOptions& options, Intake& intake);

}  // namespace nightjar::imports
