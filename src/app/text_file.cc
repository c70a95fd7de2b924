#include "app/text_file.h"

#include <fmt/format.h>

#include "imports/importer.h"
#include "routing/feed/byte_stream.h"

namespace nightjar::app {

Result<std::string> readText(const std::string& path) {
  auto stream = feed::openFile(path == "-" ? "/dev/stdin" : path);
  if (!stream) return std::unexpected(stream.error());
  std::string text;
  constexpr size_t kStep = size_t{1} << 20;
  for (;;) {
    const size_t before = text.size();
    text.resize(before + kStep);
    const auto got = (*stream)->read({reinterpret_cast<uint8_t*>(text.data()) + before, kStep});
    if (!got) return std::unexpected(got.error());
    text.resize(before + *got);
    if (*got == 0) return text;
    if (text.size() > imports::kMostText) {
      return failIn(path, {ErrorKind::kLimit, fmt::format("holds more than {} MiB: cut it into parts",
                                                          imports::kMostText >> 20)});
    }
  }
}

}  // namespace nightjar::app
