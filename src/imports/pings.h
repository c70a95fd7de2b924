// Single pings that were answered, at whatever times they were sent: one row an answer, no word about those
// that were not.
#pragma once

#include "imports/importer.h"

namespace nightjar::imports {

// Columns: the address (options.address_column, else ip_hash, ip or address), the time (options.time_column,
// else time_local_str or what ends in a word for time), and the place: options.entity, or
// options.entity_column, or iso and name_1 for country and region; the country only if the file has addresses
// outside one region of it. Networks by isp_name as options.asn_map
// says; else none.
//
// Becomes pings.answering: how many addresses answered in a bin (options.bin, else 1 hour).
//
// Its coverage says how well silence can be told from chance. An address that answered n times since its
// first answer, a time t ago (at least 1 day), may be expected to answer n/t times an hour; all that is used
// lies before the bin. With e answers to be expected in a bin from all addresses together, and pings that
// know nothing of each other, a place in which all is well stays silent with probability exp(-e) (Poisson);
// coverage is 1 - exp(-e). Below 0.5 the judgement says "cannot tell".
//
// The bin in which the file ends is left out. A prober that stops looks like a place that falls silent:
// nothing in such a file tells them apart.
Result<void> readPings(std::string_view text, const ImportOptions& options, Intake& intake);

}  // namespace nightjar::imports
