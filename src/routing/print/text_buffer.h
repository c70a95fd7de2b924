// Text that grows at its end and is emptied for reuse: no allocation once it has reached its working size.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace nightjar::print {

class TextBuffer {
 public:
  // Room for at least `count` more characters; write from there and give the end to finish(). The pointer is
  // valid until the next call of room() or append().
  char* room(size_t count) {
    if (capacity_ - size_ < count) [[unlikely]]
      grow(count);
    return text_.get() + size_;
  }
  void finish(const char* end) { size_ = static_cast<size_t>(end - text_.get()); }

  void append(std::string_view text) { size_ += text.copy(room(text.size()), text.size()); }
  void append(char c) {
    *room(1) = c;
    ++size_;
  }

  std::string_view view() const { return {text_.get(), size_}; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }

 private:
  void grow(size_t count) {
    constexpr size_t kFirst = 4096;
    size_t capacity = capacity_ * 2 > kFirst ? capacity_ * 2 : kFirst;
    if (capacity < size_ + count) capacity = size_ + count;
    std::unique_ptr<char[]> text(new char[capacity]);  // not zeroed
    if (size_ > 0) std::memcpy(text.get(), text_.get(), size_);
    text_ = std::move(text);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> text_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace nightjar::print
