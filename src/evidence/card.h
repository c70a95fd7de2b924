// An incident as a small page that others put into theirs (an iframe): the sentence, a chart, where it is
// from.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "series/series.h"

namespace nightjar::evidence {

struct Card {
  std::string incident_json;  // docs/incidents.md
  uint32_t revision = 0;
  std::string signal;                    // what is drawn
  std::optional<series::Series> series;  // over the span of the chart, gaps stay open; nothing: no chart
  std::optional<double> baseline;        // drawn dashed
  std::string theme;                     // "light", "dark"; empty: as the reader's system prefers
  // The path of a script that tells the same in the reader's language; empty: there is none. It finds what to
  // say again by the attributes `data-say`, and times by `data-at`.
  std::string script;
};

struct CardPage {
  std::string html;        // needs nothing but the script, and that only to speak other languages
  std::string style_hash;  // "sha256-...": its style element, for a Content-Security-Policy
};

// Fails with kInvalid where the document is none.
Result<CardPage> toCard(const Card& card);

}  // namespace nightjar::evidence
