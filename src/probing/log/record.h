// The units that a log consists of (docs/blocks.md, "The log"): a head of fixed size, and a body.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "probing/log/log.h"

namespace nightjar::probe_log {

// The first bytes of a log; the last of them is the format's version. Like PNG's, they tell a file that was
// sent as text.
inline constexpr std::array<uint8_t, 8> kMagic{0x89, 'N', 'j', 'p', 'l', '\r', '\n', 1};

enum class RecordKind : uint8_t { kHeader = 'H', kOutcomes = 'O', kState = 'S' };

struct RecordHead {
  RecordKind kind = RecordKind::kHeader;
  uint32_t length = 0;    // of the body
  uint32_t checksum = 0;  // of the body
};
inline constexpr size_t kHeadBytes = 16;
// No body that is written comes near; so a reader's memory is bounded.
inline constexpr uint32_t kMostBody = 8U << 20;
// Outcomes in one record.
inline constexpr size_t kMostOutcomes = 1U << 17;

// CRC-32C (RFC 3720, appendix B.4).
uint32_t crc32c(Bytes bytes);

// Head and body.
void putRecord(std::vector<uint8_t>& out, RecordKind kind, Bytes body);
// Nothing if the bytes are no head. REQUIRES: kHeadBytes bytes.
std::optional<RecordHead> readHead(Bytes bytes);

std::vector<uint8_t> packHeader(const Header& header);
Result<Header> unpackHeader(Bytes body);
std::vector<uint8_t> packState(Bytes piece);
// REQUIRES: at most kMostOutcomes, sorted, rounded.
std::vector<uint8_t> packOutcomes(Time from, Time until, std::span<const blocks::Outcome> outcomes);
// Of kind kState or kOutcomes. Offsets in errors count from the body's start.
Result<Chunk> unpackChunk(RecordKind kind, Bytes body);

}  // namespace nightjar::probe_log
