// What of a store is drawn for an incident: the chart of reports, and the card.
#pragma once

#include "base/result.h"
#include "evidence/card.h"
#include "evidence/chart.h"
#include "series/store.h"

namespace nightjar::app {

struct ShownBins {
  Bin from;
  Bin until;  // after the last
};
// Two days before the onset to one day after the end, as far as the judgement looked. Fails with kInvalid
// where the document cannot be read.
Result<ShownBins> shownBins(const series::StoredIncident& incident, BinWidth width);

// The judged signals of the place, one panel each, with what was ordinary; where its sum stood (several
// networks fell together), what was judged and stood. Fails with kInvalid, or with what the store fails with.
Result<evidence::Chart> chartOf(series::Store& store, const series::StoredIncident& incident);

// The card without theme and script.
Result<evidence::Card> cardOf(series::Store& store, const series::StoredIncident& incident);

}  // namespace nightjar::app
