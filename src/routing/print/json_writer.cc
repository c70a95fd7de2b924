#include "routing/print/json_writer.h"

namespace nightjar::print {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

char* putHexByte(char* p, uint8_t byte) {
  *p++ = kHexDigits[byte >> 4];
  *p++ = kHexDigits[byte & 0xf];
  return p;
}

}  // namespace

void JsonWriter::number(uint64_t value) {
  separate();
  out_.finish(putU64(out_.room(kU64Room), value));
}

void JsonWriter::text(std::string_view bytes) {
  separate();
  char* p = out_.room(6 * bytes.size() + 2);
  *p++ = '"';
  for (const char c : bytes) {
    if (c == '"' || c == '\\') {
      *p++ = '\\';
      *p++ = c;
    } else if (c >= ' ' && c <= '~') {
      *p++ = c;
    } else {
      p = putHexByte(put(p, "\\u00"), static_cast<uint8_t>(c));
    }
  }
  *p++ = '"';
  out_.finish(p);
}

void JsonWriter::hex(Bytes bytes) {
  separate();
  char* p = out_.room(2 * bytes.size() + 2);
  *p++ = '"';
  for (const uint8_t byte : bytes) p = putHexByte(p, byte);
  *p++ = '"';
  out_.finish(p);
}

void JsonWriter::address(const Address& value) {
  separate();
  char* p = out_.room(kAddressRoom + 2);
  *p++ = '"';
  p = putAddress(p, value, Ipv6Style::kRfc5952);
  *p++ = '"';
  out_.finish(p);
}

void JsonWriter::prefix(const Prefix& value) {
  separate();
  char* p = out_.room(kPrefixRoom + 2);
  *p++ = '"';
  p = putPrefix(p, value, Ipv6Style::kRfc5952);
  *p++ = '"';
  out_.finish(p);
}

}  // namespace nightjar::print
