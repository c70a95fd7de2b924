// A body that is sent many times: packed and tagged once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nightjar::serve {

// Not thread-safe: each serving thread has its own.
class Content {
 public:
  explicit Content(std::string plain) : plain_(std::move(plain)) {}

  std::string_view plain() const { return plain_; }
  // As gzip packs it; made when first asked for.
  std::string_view packed();
  // The entity tag of the one or the other form.
  std::string_view tag(bool packed);
  size_t bytes() const { return plain_.size() + (packed_ ? packed_->size() : 0); }

 private:
  std::string plain_;
  std::optional<std::string> packed_;
  std::optional<std::string> tag_, packed_tag_;
};

}  // namespace nightjar::serve
