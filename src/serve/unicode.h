// Text as people write it, compared as they mean it (ICU).
#pragma once

#include <string>
#include <string_view>

namespace nightjar::serve {

bool isUtf8(std::string_view text);

// What a search compares: without case, accents and forms of writing the same letter (Unicode's compatibility
// forms, NFKC_Casefold, without combining marks), words apart by one space, whatever stood between them.
// "Côte d'Ivoire" is "cote d ivoire". Bytes that are no UTF-8 become U+FFFD.
std::string foldForSearch(std::string_view utf8);

}  // namespace nightjar::serve
