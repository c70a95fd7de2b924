// Text inside markup.
#pragma once

#include <string>
#include <string_view>

namespace nightjar {

// As it means itself in HTML and XML, in double-quoted attributes too: & < > " are written as references.
std::string escapeMarkup(std::string_view text);

}  // namespace nightjar
