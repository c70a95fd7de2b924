#include "serve/unicode.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace nightjar::serve {

bool isUtf8(std::string_view text) {
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < length;) {
    UChar32 point = 0;
    U8_NEXT(text.data(), at, length, point);
    if (point < 0) return false;
  }
  return true;
}

std::string foldForSearch(std::string_view utf8) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  const icu::Normalizer2* apart = icu::Normalizer2::getNFDInstance(error);
  if (U_FAILURE(error)) return std::string(utf8);
  const auto text = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<int32_t>(utf8.size())});
  const icu::UnicodeString marked = apart->normalize(fold->normalize(text, error), error);
  if (U_FAILURE(error)) return std::string(utf8);
  icu::UnicodeString words;
  bool gap = false;
  for (int32_t at = 0; at < marked.length(); at = marked.moveIndex32(at, 1)) {
    const UChar32 point = marked.char32At(at);
    if (u_charType(point) == U_NON_SPACING_MARK) continue;
    if (!u_isalnum(point) && u_charType(point) != U_COMBINING_SPACING_MARK) {
      gap = !words.isEmpty();
      continue;
    }
    if (gap) words.append(' ');
    gap = false;
    words.append(point);
  }
  std::string folded;
  words.toUTF8String(folded);
  return folded;
}

}  // namespace nightjar::serve
