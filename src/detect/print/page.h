// Lines of a report for people, at most kPageWidth columns wide.
#pragma once

#include <string>
#include <string_view>

namespace nightjar::detect {

inline constexpr size_t kPageWidth = 110;

class Page {
 public:
  explicit Page(bool colour) : colour_(colour) {}

  void line(std::string_view text);
  void heading(std::string_view text);                   // one line, bold
  void alarm(std::string_view text);                     // one line, bold and red
  void paragraph(size_t indent, std::string_view text);  // broken into lines

  std::string take() { return std::move(text_); }

 private:
  void styled(std::string_view text, std::string_view code);

  bool colour_;
  std::string text_;
};

}  // namespace nightjar::detect
