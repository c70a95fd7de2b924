// The CSV that the page of an entity at ioda.inetintel.cc.gatech.edu exports ("Raw CSV"), which is what the
// chart library Highcharts writes: "DateTime" in UTC, then a column per line of the chart.
// https://github.com/InetIntel/ioda-ui, assets/js/Ioda/pages/entity/utils/EntityUtils.js, handleCSVDownload.
#pragma once

#include "imports/importer.h"

namespace nightjar::imports {

// Needs options.entity: the file does not name its place. Columns get the names of the API's data sources by
// the words in them ("BGP", "Active Probing", "Telescope"); others are passed over with a word.
Result<void> readIodaCsv(std::string_view text, const ImportOptions& options, Intake& intake);

}  // namespace nightjar::imports
