#include "routing/print/loose_update.h"

#include <algorithm>
#include <cstring>

#include "routing/wire/update.h"

namespace nightjar::print {
namespace {

// The first bytes of `value`, with zeros where it ends early.
template <size_t kSize>
std::array<uint8_t, kSize> padded(Bytes value) {
  std::array<uint8_t, kSize> bytes{};
  std::copy_n(value.begin(), std::min(value.size(), kSize), bytes.begin());
  return bytes;
}

uint32_t looseU32(Bytes value) {
  return value.size() >= 4 ? loadU32(value.data()) : loadU32(padded<4>(value).data());
}

LooseAggregator looseAggregator(Bytes value, wire::AsnSize asnSize) {
  const auto asnOctets = static_cast<size_t>(asnSize);
  const auto bytes = padded<8>(value);
  LooseAggregator aggregator{wire::loadAsn(bytes.data(), asnSize), {}};
  std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(asnOctets), 4, aggregator.speaker.begin());
  return aggregator;
}

// REQUIRES: 16 bytes.
bool hasMarker(Bytes message) {
  std::array<uint64_t, 2> halves;
  std::memcpy(halves.data(), message.data(), sizeof halves);
  return (halves[0] & halves[1]) == ~uint64_t{0};
}

}  // namespace

std::optional<LooseUpdate> readLooseUpdate(Bytes message) {
  if (message.size() < wire::kBgpHeaderSize || !hasMarker(message)) return std::nullopt;
  if (message[18] != static_cast<uint8_t>(wire::MessageType::kUpdate)) return std::nullopt;
  const size_t length = loadU16(message.data() + 16);
  if (length < wire::kBgpHeaderSize) return std::nullopt;
  ByteReader reader(message.first(std::min(length, message.size())).subspan(wire::kBgpHeaderSize));
  const auto takeField = [&reader] {
    const size_t size = reader.u16();
    return reader.take(std::min(size, reader.left()));
  };
  LooseUpdate update;
  update.withdrawn = takeField();
  update.attributes = takeField();
  update.nlri = reader.rest();
  return update;
}

LooseAttributes readLooseAttributes(Bytes attributes, wire::AsnSize asnSize) {
  using enum wire::AttributeType;
  LooseAttributes read;
  wire::AttributeCursor cursor(attributes);
  for (wire::Attribute attribute; cursor.next(attribute);) {
    const auto type = static_cast<wire::AttributeType>(attribute.type);
    if (attribute.type >= 64 || read.has(type)) continue;
    read.present |= uint64_t{1} << attribute.type;
    const Bytes value = attribute.value;
    switch (type) {
      case kOrigin:
        read.origin = value.empty() ? uint8_t{0} : value[0];
        break;
      case kAsPath:
        read.asPath = value;
        break;
      case kNextHop:
        read.nextHop = padded<4>(value);
        break;
      case kMultiExitDisc:
        read.multiExitDisc = looseU32(value);
        break;
      case kLocalPref:
        read.localPref = looseU32(value);
        break;
      case kAggregator:
        read.aggregator = looseAggregator(value, asnSize);
        break;
      case kCommunities:
        read.communities = value;
        break;
      case kMpReachNlri:
        read.mpReach = value;
        break;
      case kMpUnreachNlri:
        read.mpUnreach = value;
        break;
      case kAs4Path:
        read.as4Path = value;
        break;
      case kAs4Aggregator:
        read.as4Aggregator = looseAggregator(value, wire::AsnSize::kFour);
        break;
      default:
        break;
    }
  }
  return read;
}

bool applyAs4(LooseAttributes& attributes, std::vector<uint8_t>& merged) {
  using enum wire::AttributeType;
  if (attributes.has(kAggregator) && attributes.has(kAs4Aggregator)) {
    if (attributes.aggregator.asn != kAsTrans) return false;
    attributes.aggregator = attributes.as4Aggregator;
  }
  return attributes.has(kAsPath) && attributes.has(kAs4Path) &&
         wire::mergeAs4Path(attributes.asPath, attributes.as4Path, merged);
}

}  // namespace nightjar::print
