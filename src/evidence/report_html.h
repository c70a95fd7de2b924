// The report of one incident as a page that needs nothing else, and prints well.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "series/store.h"

namespace nightjar::evidence {

struct ReportPage {
  std::string incident_json;  // docs/incidents.md
  uint32_t revision = 0;
  std::string chart_svg;
  std::vector<series::Source> sources;
  std::string program;     // "nightjar 0.1.0"
  std::string public_key;  // of the instance that signs, in hexadecimal digits
};

// Fails with kInvalid where the document is none.
Result<std::string> toHtml(const ReportPage& page);

// The sentence that a newspaper can print, from the incident's document.
Result<std::string> sentenceOf(std::string_view incident_json);

}  // namespace nightjar::evidence
