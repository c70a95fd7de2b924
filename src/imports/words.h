// What importers do with words.
#pragma once

#include <string>
#include <string_view>

namespace nightjar::imports {

// ASCII letters in small; all other bytes as they are.
inline std::string lowered(std::string_view text) {
  std::string low(text);
  for (char& c : low) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return low;
}

// ASCII letters in capitals; all other bytes as they are.
inline std::string raised(std::string_view text) {
  std::string high(text);
  for (char& c : high) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return high;
}

}  // namespace nightjar::imports
