#include "serve/content.h"

#include "serve/encoding.h"

namespace nightjar::serve {

Content::Content(const std::string& plain) : tag_(entityTag(plain)), packed_tag_(tag_), size_(plain.size()) {
  packed_tag_.insert(packed_tag_.size() - 1, "-gzip");
}

Content Content::plainOnly(std::string plain) {
  Content content(plain);
  content.plain_ = std::move(plain);
  return content;
}

Content Content::packedOnly(std::string plain) {
  Content content(plain);
  content.packed_ = gzip(plain);
  if (content.packed_.empty()) content.plain_ = std::move(plain);
  return content;
}

Content Content::inBothForms(std::string plain) {
  Content content(plain);
  content.packed_ = gzipTightly(plain);
  content.plain_ = std::move(plain);
  return content;
}

std::shared_ptr<const Content> contentOf(std::string_view type, std::string body, bool takes_gzip) {
  return std::make_shared<const Content>(takes_gzip && isWorthPacking(type, body.size())
                                             ? Content::packedOnly(std::move(body))
                                             : Content::plainOnly(std::move(body)));
}

}  // namespace nightjar::serve
