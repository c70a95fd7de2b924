// An incident's document (docs/incidents.md) in English words, for what is written without the web page.
#pragma once

#include <rapidjson/document.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace nightjar::evidence {

// A field; nullptr where it is null or missing. The others give nothing where it is of another type.
const rapidjson::Value* member(const rapidjson::Value& object, const char* name);
std::string text(const rapidjson::Value& object, const char* name);
std::optional<double> number(const rapidjson::Value& object, const char* name);

// "5 January 2022"; empty where `rfc3339` is no time.
std::string date(const std::string& rfc3339);
// "10:35 UTC on 5 January 2022"; `absent` for a time that is not there.
std::string moment(const std::string& rfc3339, std::string_view absent = "still open");
// "97 %"; what is nearly all or nearly nothing is not rounded to all or nothing.
std::string percent(const std::optional<double>& share);

// "Kazakhstan (KZ)".
std::string placeOf(const rapidjson::Value& object);
// "Announced, but dark"; a kind that is not known as it is.
std::string kindName(const std::string& kind);
// What the kind means, in a sentence.
std::string_view meaningOf(const std::string& kind);
// "Hosts that answer, IPv4"; a signal that is not known by its own name.
std::string signalName(const std::string& signal);

// The sentence that a newspaper can print.
std::string sentence(const rapidjson::Value& incident);

// When it was down: of a recurring incident each of its times; until the end of the data where it is open.
struct Span {
  Time from;
  Time until;
};
std::vector<Span> spansOf(const rapidjson::Value& incident);

// The signal that speaks for the place: the first judged one that fell, else the first that was judged and
// stood, else that of the largest part. Empty where nothing was judged.
struct Speaker {
  std::string signal;
  std::optional<double> baseline;
};
Speaker speakerOf(const rapidjson::Value& incident);

}  // namespace nightjar::evidence
