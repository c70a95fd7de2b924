// Text from outside as it may stand in a message: on a terminal, or in JSON.
#pragma once

#include <string>
#include <string_view>

namespace nightjar {

// Control characters (C0, DEL, C1) and what is no UTF-8 (RFC 3629, section 4) become '?', a byte each; the
// rest stays.
std::string printable(std::string_view text);

// 'text' in quotes, printable; of a long one 40 characters and dots.
std::string quote(std::string_view text);

}  // namespace nightjar
