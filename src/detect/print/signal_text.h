// Signals and their values as people read them.
#pragma once

#include <string>
#include <string_view>

namespace nightjar::detect {

// "/24s of IPv4 space", "/24s that answer"; the name itself of a signal that is not known.
std::string_view unitOf(std::string_view signal);

// "routes", "IPv6", "hosts", "loss", ... A heading for a column.
std::string_view labelOf(std::string_view signal);

// "2,903"; "1.5 %" for a share that is lost; "180 ms" for a delay.
std::string valueText(std::string_view signal, double value);

}  // namespace nightjar::detect
