// Reads networks.csv: what networks are called, and how their customers reach them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "series/store.h"

namespace nightjar::app {

inline constexpr std::string_view kNetworksFile = "networks.csv";
inline constexpr std::string_view kNetworksHeader = "# nightjar networks:";

// The first line is "# nightjar networks: NAME"; then rows "ASN,NAME,ACCESS", with ACCESS one of mobile,
// fixed, mixed or nothing. The name is all between the first and the last comma. Empty lines and lines that
// begin with '#' are passed over. Fails with kInvalid and the line's number, kLimit past 64 MB or a million
// rows.
Result<std::vector<series::NetworkName>> readNetworks(std::string_view text);

// The same of a file; its name is in every error.
Result<std::vector<series::NetworkName>> loadNetworks(const std::string& file);

// What --networks names, then the networks.csv of every folder among `inputs`. A later row about a network
// wins.
Result<std::vector<series::NetworkName>> loadNetworks(const std::string& named,
                                                      const std::vector<std::string>& inputs);

}  // namespace nightjar::app
