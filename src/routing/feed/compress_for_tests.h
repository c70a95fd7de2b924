// Makes compressed bytes, for tests.
#pragma once

#include <bzlib.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <lzma.h>
#include <zstd.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

namespace nightjar::feed {

using Buffer = std::vector<uint8_t>;

inline Buffer concat(std::initializer_list<Buffer> parts) {
  Buffer all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// One gzip member; `flags` are RFC 1952's FLG bits: 2 FHCRC, 4 FEXTRA, 8 FNAME, 16 FCOMMENT.
inline Buffer gzip(std::span<const uint8_t> data, uint8_t flags = 0) {
  Buffer out = {0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3};
  const auto text = [&out](std::string_view s) { out.insert(out.end(), s.data(), s.data() + s.size() + 1); };
  if (flags & 4) out.insert(out.end(), {5, 0, 'a', 'b', 1, 0, 'x'});
  if (flags & 8) text("updates.20220105.1045");
  if (flags & 16) text("a comment");
  if (flags & 2) {
    const uint32_t crc = crc32_gzip_refl(0, out.data(), out.size());
    out.insert(out.end(), {static_cast<uint8_t>(crc), static_cast<uint8_t>(crc >> 8)});
  }
  std::vector<uint8_t> level(ISAL_DEF_LVL1_DEFAULT);
  isal_zstream stream;
  isal_deflate_init(&stream);
  stream.level = 1;
  stream.level_buf = level.data();
  stream.level_buf_size = static_cast<uint32_t>(level.size());
  stream.end_of_stream = 1;
  stream.next_in = const_cast<uint8_t*>(data.data());
  stream.avail_in = static_cast<uint32_t>(data.size());
  std::array<uint8_t, 65536> chunk;
  do {
    stream.next_out = chunk.data();
    stream.avail_out = chunk.size();
    isal_deflate(&stream);
    out.insert(out.end(), chunk.data(), stream.next_out);
  } while (stream.internal_state.state != ZSTATE_END);
  const uint32_t trailer[2] = {crc32_gzip_refl(0, data.data(), data.size()),
                               static_cast<uint32_t>(data.size())};
  const auto* bytes = reinterpret_cast<const uint8_t*>(trailer);
  out.insert(out.end(), bytes, bytes + sizeof trailer);
  return out;
}

inline Buffer bzip2(std::span<const uint8_t> data) {
  Buffer out(data.size() + data.size() / 50 + 1000);
  auto size = static_cast<unsigned>(out.size());
  BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(out.data()), &size,
                           reinterpret_cast<char*>(const_cast<uint8_t*>(data.data())),
                           static_cast<unsigned>(data.size()), 1, 0, 0);
  out.resize(size);
  return out;
}

inline Buffer xz(std::span<const uint8_t> data, uint32_t dictionary = 1U << 20) {
  lzma_options_lzma options;
  lzma_lzma_preset(&options, 0);
  options.dict_size = dictionary;
  lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  Buffer out(lzma_stream_buffer_bound(data.size()));
  size_t size = 0;
  std::ignore = lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC64, nullptr, data.data(), data.size(),
                                          out.data(), &size, out.size());
  out.resize(size);
  return out;
}

// A frame with a checksum, made by streaming so that its window is as asked for.
inline Buffer zstd(std::span<const uint8_t> data, int windowLog = 20) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog);
  Buffer out(ZSTD_compressBound(data.size()) + 64);
  ZSTD_inBuffer input{data.data(), data.size(), 0};
  ZSTD_outBuffer output{out.data(), out.size(), 0};
  ZSTD_compressStream2(context, &output, &input, ZSTD_e_continue);
  ZSTD_compressStream2(context, &output, &input, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  out.resize(output.pos);
  return out;
}

}  // namespace nightjar::feed
