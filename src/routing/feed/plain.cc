// No compression: bytes are handed on, up to the end of the input.
#include <algorithm>
#include <cstring>

#include "routing/feed/codec.h"

namespace nightjar::feed {
namespace {

class Plain final : public Codec {
 public:
  std::string_view name() const override { return "plain"; }
  bool begins(Bytes) const override { return true; }
  void restart() override {}
  Step step(Bytes in, std::span<uint8_t> out) override {
    if (in.empty()) return {.memberEnd = true};
    const size_t count = std::min(in.size(), out.size());
    std::memcpy(out.data(), in.data(), count);
    return {.consumed = count, .written = count};
  }
};

}  // namespace

std::unique_ptr<Codec> makePlain() {
  return std::make_unique<Plain>();
}

}  // namespace nightjar::feed
