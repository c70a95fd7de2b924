// IODA's API v2 (https://api.ioda.inetintel.cc.gatech.edu/v2): the answers of /signals/raw, /outages/alerts
// and /outages/events as they come. Shapes as in https://github.com/InetIntel/ioda-api, src/TimeSeries and
// src/Entity.
#pragma once

#include "imports/importer.h"

namespace nightjar::imports {

// Signals become the series ioda.DATASOURCE; of Google's products (gtr) web search is ioda.gtr and others are
// ioda.gtr.PRODUCT. Loss, in per cent there, becomes a share; of latency the median is taken.
//
// Alerts and events are judgements of others and become those ("ioda-alerts", "ioda-events").
//
// A region has a number of IODA's own: it is taken for a region of ISO 3166-2 only by its name, or as
// options.entity_map says for its name or its number. With options.entity, everything is of that place.
Result<void> readIoda(std::string_view text, const ImportOptions& options, Intake& intake);

}  // namespace nightjar::imports
