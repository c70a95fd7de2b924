#include "series/checksum.h"

#include <isa-l/crc.h>

#include <array>

namespace nightjar::series {

Checksum& Checksum::add(Bytes bytes) {
  crc_ = crc32_gzip_refl(crc_, bytes.data(), bytes.size());
  return *this;
}

Checksum& Checksum::add(int64_t number) {
  std::array<uint8_t, 8> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(number >> (8 * i));
  return add(Bytes(bytes));
}

Checksum& Checksum::add(std::string_view text) {
  add(static_cast<int64_t>(text.size()));
  return add(Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

}  // namespace nightjar::series
