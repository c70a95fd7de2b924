// How a response body travels: gzip (RFC 1952) and entity tags (RFC 9110, section 8.8.3).
#pragma once

#include <string>
#include <string_view>

namespace nightjar::serve {

// A tag that is the same for the same bytes and no others (BLAKE2b, 128 bits), with its quotes.
std::string entityTag(std::string_view content);

// Whether an If-None-Match field names that tag, or any ("*").
bool namesTag(std::string_view field, std::string_view tag);

// Whether an Accept-Encoding field admits gzip (quality over 0).
bool admitsGzip(std::string_view field);

// Whether gzip pays: text of some length.
bool isWorthPacking(std::string_view type, size_t size);

// For an answer that somebody waits for (ISA-L). The same text gives the same bytes on one machine.
std::string gzip(std::string_view content);
// For what is packed once and sent for ever (zlib, level 9). Empty where zlib finds no memory.
std::string gzipTightly(std::string_view content);

}  // namespace nightjar::serve
