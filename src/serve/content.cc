#include "serve/content.h"

#include "serve/encoding.h"

namespace nightjar::serve {

std::string_view Content::packed() {
  if (!packed_) packed_ = gzip(plain_);
  return *packed_;
}

std::string_view Content::tag(bool packed) {
  if (!tag_) {
    tag_ = entityTag(plain_);
    packed_tag_ = *tag_;
    packed_tag_->insert(packed_tag_->size() - 1, "-gzip");
  }
  return packed ? *packed_tag_ : *tag_;
}

}  // namespace nightjar::serve
