#include "detect/print/page.h"

#include "detect/print/words.h"

namespace nightjar::detect {

void Page::line(std::string_view text) {
  text_ += text.substr(0, text.find_last_not_of(' ') + 1);
  text_ += '\n';
}

void Page::styled(std::string_view text, std::string_view code) {
  if (!colour_) return line(text);
  text_ += "\x1b[";
  text_ += code;
  text_ += 'm';
  text_ += text;
  text_ += "\x1b[0m\n";
}

void Page::heading(std::string_view text) {
  styled(text, "1");
}

void Page::alarm(std::string_view text) {
  styled(text, "1;31");
}

void Page::paragraph(size_t indent, std::string_view text) {
  for (const std::string& wrapped : wrap(text, kPageWidth - indent)) {
    line(std::string(indent, ' ').append(wrapped));
  }
}

}  // namespace nightjar::detect
