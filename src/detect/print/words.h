// Numbers, times and names as people read them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace nightjar::detect {

// "2,903", "48.0 M" from a million on, "0.5" below ten when it is not whole.
std::string grouped(double value);

// "-89 %" for a depth of 0.89. What is not quite all is not rounded up to it.
std::string percent(double depth);

std::string shortTime(Time time);  // "2011-01-27 22:10"
std::string dayTime(Time time);    // "27 Jan 22:10"
std::string longTime(Time time);   // "27 January 2011, 22:10 UTC"

// Cut to `width` characters (code points), with "..." at the end where something is missing.
std::string clipped(std::string_view text, size_t width);

// Clipped or filled up with spaces to `width`, and one space more.
std::string cell(std::string_view text, size_t width);

// Broken at spaces into lines of at most `width` characters; a longer word has a line of its own, clipped.
std::vector<std::string> wrap(std::string_view text, size_t width);

}  // namespace nightjar::detect
