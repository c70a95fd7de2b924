// Checksums over what the store keeps, so that damage is told instead of decoded into nonsense.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/byte_reader.h"

namespace nightjar::series {

// CRC-32 as in gzip (RFC 1952, section 8) over a sequence of fields. Text is preceded by its length, so that
// no two sequences of fields have the same bytes.
class Checksum {
 public:
  Checksum& add(Bytes bytes);
  Checksum& add(int64_t number);
  Checksum& add(std::string_view text);
  uint32_t value() const { return crc_; }

 private:
  uint32_t crc_ = 0;
};

}  // namespace nightjar::series
