// A body that is sent many times: packed and tagged once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace nightjar::serve {

// May be read by any number of threads.
class Content {
 public:
  // For bodies that are made while somebody waits: in the one form that this client takes.
  static Content plainOnly(std::string plain);
  static Content packedOnly(std::string plain);
  // For files that never change: in both, packed as tightly as gzip can.
  static Content inBothForms(std::string plain);

  // Empty where the form was not made.
  std::string_view plain() const { return plain_; }
  std::string_view packed() const { return packed_; }
  // The entity tag of the one or the other form.
  std::string_view tag(bool packed) const { return packed ? packed_tag_ : tag_; }
  // Of the plain form, made or not.
  size_t size() const { return size_; }
  // That it takes in memory.
  size_t bytes() const { return plain_.size() + packed_.size() + tag_.size() + packed_tag_.size(); }

 private:
  explicit Content(const std::string& plain);

  std::string plain_, packed_;
  std::string tag_, packed_tag_;
  size_t size_;
};

// In the form that a client gets which takes gzip, or not.
std::shared_ptr<const Content> contentOf(std::string_view type, std::string body, bool takes_gzip);

}  // namespace nightjar::serve
