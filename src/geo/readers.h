// One reader for each kind of file. docs/geo.md describes the formats and the rules.
//
// A reader passes every range of one file to the intake and returns the file's own name and date, which
// become part of the map's name. Fails with kInvalid at the first row or record that cannot be read, kLimit
// when a bound of the builder is reached.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "geo/intake.h"

namespace nightjar::geo {

// tor's geoip (rows `NUMBER,NUMBER,CC`: IPv4 addresses as decimal numbers) and geoip6 (`IPV6,IPV6,CC`), both
// ends included, as tor's manual page describes GeoIPFile and GeoIPv6File. Returns the date of the comment
// "Generated: ": "2026-06-25", or nothing.
Result<std::string> readTorGeoip(std::string_view text, Intake& intake);

// RIR statistics exchange format, as the RIRs publish it under "delegated" and "delegated-extended" (RIPE
// NCC, "RIR Statistics Exchange Format", version 2.3): `registry|cc|type|start|value|date|status[|...]`. The
// value counts addresses in IPv4, which need not be a power of two, and is the prefix length in IPv6. Only
// "allocated" and "assigned" space is somewhere. Returns the version line's registry and end
// date: "ripencc 2026-06-25", or nothing.
Result<std::string> readRirDelegated(std::string_view text, Intake& intake);

// Nightjar's own map. Returns its NAME.
Result<std::string> readOwnMap(std::string_view text, Intake& intake);

// How the first line of Nightjar's own map starts.
inline constexpr std::string_view kOwnMapHeader = "# nightjar geo map:";

// MaxMind DB file format 2.0 (maxmind.github.io/MaxMind-DB): country.iso_code, or registered_country.iso_code
// where that is missing, and the first of subdivisions. Subtrees that repeat the IPv4 space elsewhere
// (::ffff:0:0/96, 2002::/16) are left out. Returns the database type and build date: "GeoLite2-City
// 2026-06-25". Fails with kIo when the file cannot be opened.
Result<std::string> readMaxmindDb(const std::string& path, Intake& intake);

}  // namespace nightjar::geo
