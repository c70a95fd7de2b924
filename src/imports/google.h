// Traffic of Google's products by country, as its Transparency Report shows it
// (https://transparencyreport.google.com/traffic): the JSON that the page itself loads
// (/transparencyreport/api/v3/traffic/fraction), and CSV made of it.
#pragma once

#include "imports/importer.h"

namespace nightjar::imports {

// Needs options.entity: the answer does not name its region. Signals: google.web-search (product 19),
// google.youtube (21), google.product-N for the others, google.traffic where the answer names none (the
// product is null then, and that is told); as options.values says otherwise, by the product as it is written:
// "21", "null". A CSV without a product is google.traffic.
Result<void> readGoogle(std::string_view text, const ImportOptions& options, Intake& intake);

}  // namespace nightjar::imports
