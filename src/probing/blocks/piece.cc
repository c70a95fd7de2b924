#include "probing/blocks/piece.h"

#include <fmt/format.h>

namespace nightjar::blocks {
namespace {

constexpr uint8_t kVersion = 5;
constexpr uint8_t kSlash24 = 4;
constexpr uint8_t kListed = 6;

void putU32(std::vector<uint8_t>& out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(value >> shift));
}

Result<void> readState(ByteReader& in, Block& block) {
  const Bytes state = in.take(Block::kStateBytes);
  if (!in.ok()) return fail(ErrorKind::kTruncated, "a piece of state ends within a block", in.position());
  if (!block.load(state.first<Block::kStateBytes>())) {
    return fail(ErrorKind::kInvalid, "no block can be in this state", in.position() - Block::kStateBytes);
  }
  return {};
}

Result<Listed::Group> readGroup(ByteReader& in) {
  constexpr uint8_t kGroupLength = 48;
  Listed::Group group;
  const size_t count = in.u8() + size_t{1};
  const Bytes addresses = in.take(count * addressSize(Family::kIpv6));
  if (!in.ok()) return fail(ErrorKind::kTruncated, "a piece of state ends within a group", in.position());
  for (size_t i = 0; i < count; ++i) {
    group.addresses.push_back(Address::of(Family::kIpv6, addresses.subspan(i * 16, 16)));
    if (i > 0 && group.addresses[i] <= group.addresses[i - 1]) {
      return fail(ErrorKind::kInvalid, "a group's addresses are not in order", in.position());
    }
  }
  group.prefix = Prefix::of(group.addresses.front(), kGroupLength);
  if (!group.prefix.contains(group.addresses.back())) {
    return fail(ErrorKind::kInvalid, "a group's addresses are not of one /48", in.position());
  }
  return group;
}

}  // namespace

PieceWriter::PieceWriter(uint32_t piece, uint32_t pieces, uint32_t blocks) {
  bytes_.push_back(kVersion);
  putU32(bytes_, piece);
  putU32(bytes_, pieces);
  putU32(bytes_, blocks);
}

void PieceWriter::putState(const Block& block) {
  std::array<uint8_t, Block::kStateBytes> state;
  block.save(state);
  bytes_.insert(bytes_.end(), state.begin(), state.end());
}

void PieceWriter::put(const Block& slash24) {
  putU32(bytes_, static_cast<uint32_t>(kSlash24) << 24 | slash24.number());
  putState(slash24);
}

void PieceWriter::put(const Listed::Group& group, const Block& block) {
  bytes_.push_back(kListed);
  bytes_.push_back(static_cast<uint8_t>(group.addresses.size() - 1));
  for (const Address& address : group.addresses) {
    bytes_.insert(bytes_.end(), address.bytes.begin(), address.bytes.end());
  }
  putState(block);
}

Result<PieceHead> readPiece(Bytes piece, const std::function<void(Block)>& slash24,
                            const std::function<void(Listed::Group, Block)>& listed) {
  ByteReader in(piece);
  const uint8_t version = in.u8();
  const PieceHead head{in.u32(), in.u32(), in.u32()};
  if (!in.ok()) return fail(ErrorKind::kTruncated, "a piece of state ends within its head", in.position());
  if (version != kVersion) {
    return fail(ErrorKind::kUnsupported,
                fmt::format("the state is of version {}; this program knows version {}", version, kVersion),
                0);
  }
  if (head.piece >= head.pieces) return fail(ErrorKind::kInvalid, "a piece's number is past its state", 0);
  for (uint32_t i = 0; i < head.blocks; ++i) {
    const size_t start = in.position();
    const uint8_t kind = in.u8();
    Block block;
    if (kind == kSlash24) {
      block.setNumber(static_cast<uint32_t>(in.u8()) << 16 | in.u16());
      if (auto read = readState(in, block); !read) return std::unexpected(read.error());
      slash24(block);
    } else if (kind == kListed) {
      auto group = readGroup(in);
      if (!group) return std::unexpected(group.error());
      if (auto read = readState(in, block); !read) return std::unexpected(read.error());
      listed(std::move(*group), block);
    } else {
      return fail(in.ok() ? ErrorKind::kInvalid : ErrorKind::kTruncated, "a block of unknown kind", start);
    }
  }
  if (!in.atEnd()) return fail(ErrorKind::kInvalid, "bytes follow the last block", in.position());
  return head;
}

Result<PieceHead> checkPiece(Bytes piece) {
  return readPiece(
      piece, [](const Block&) {}, [](const Listed::Group&, const Block&) {});
}

}  // namespace nightjar::blocks
