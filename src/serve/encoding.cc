#include "serve/encoding.h"

#include <fmt/format.h>
#include <isa-l.h>
#include <sodium.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace nightjar::serve {
namespace {

constexpr size_t kTagBytes = 16;
// Shorter ones fit a packet as they are.
constexpr size_t kLeastPacked = 1024;
constexpr int kGzipWindow = 15 + 16;  // zlib: 16 asks for gzip's header

std::string_view trimmed(std::string_view text) {
  const size_t first = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// Calls visit(item) for each part of a comma-separated field until it returns true.
template <typename Visit>
bool anyItem(std::string_view field, Visit visit) {
  while (!field.empty()) {
    const size_t end = std::min(field.find(','), field.size());
    if (visit(trimmed(field.substr(0, end)))) return true;
    field.remove_prefix(std::min(end + 1, field.size()));
  }
  return false;
}

}  // namespace

std::string entityTag(std::string_view content) {
  std::array<unsigned char, kTagBytes> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(content.data()),
                     content.size(), nullptr, 0);
  std::string tag = "\"";
  for (const unsigned char byte : hash) fmt::format_to(std::back_inserter(tag), "{:02x}", byte);
  return tag + "\"";
}

bool namesTag(std::string_view field, std::string_view tag) {
  return anyItem(field, [&](std::string_view item) {
    if (item.starts_with("W/")) item.remove_prefix(2);
    return item == tag || item == "*";
  });
}

bool admitsGzip(std::string_view field) {
  return anyItem(field, [](std::string_view item) {
    const size_t mark = std::min(item.find(';'), item.size());
    const std::string_view coding = trimmed(item.substr(0, mark));
    if (coding != "gzip" && coding != "*") return false;
    const size_t quality = item.find("q=");
    return quality == std::string_view::npos || std::atof(std::string(item.substr(quality + 2)).c_str()) > 0;
  });
}

bool isWorthPacking(std::string_view type, size_t size) {
  if (size < kLeastPacked) return false;
  return type.starts_with("text/") || type.starts_with("application/json") ||
         type.starts_with("application/geo+json") || type.starts_with("application/atom+xml") ||
         type.starts_with("application/openmetrics-text") || type.starts_with("image/svg+xml");
}

std::string gzip(std::string_view content) {
  constexpr uint32_t kLevel = 1;
  constexpr size_t kSlack = 512;  // headers and trailer, and room for ISA-L's wide stores
  std::array<uint8_t, ISAL_DEF_LVL1_DEFAULT> work;
  isal_zstream stream{};
  isal_deflate_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.level = kLevel;
  stream.level_buf = work.data();
  stream.level_buf_size = work.size();
  std::string packed(content.size() + content.size() / 8 + kSlack, '\0');
  stream.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(content.data()));  // not written to
  stream.avail_in = static_cast<uint32_t>(content.size());
  stream.next_out = reinterpret_cast<uint8_t*>(packed.data());
  stream.avail_out = static_cast<uint32_t>(packed.size());
  if (isal_deflate(&stream) != COMP_OK || stream.internal_state.state != ZSTATE_END) return {};
  packed.resize(stream.total_out);
  packed.shrink_to_fit();  // it is kept
  return packed;
}

std::string gzipTightly(std::string_view content) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return {};
  std::string packed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));  // not written to
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(done ? stream.total_out : 0);
  packed.shrink_to_fit();
  deflateEnd(&stream);
  return packed;
}

}  // namespace nightjar::serve
