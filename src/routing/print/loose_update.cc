#include "routing/print/loose_update.h"

#include <algorithm>

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
  return loadU32(padded<4>(value).data());
}

LooseAggregator looseAggregator(Bytes value, wire::AsnSize asnSize) {
  const auto asnOctets = static_cast<size_t>(asnSize);
  const auto bytes = padded<8>(value);
  LooseAggregator aggregator{wire::loadAsn(bytes.data(), asnSize), {}};
  std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(asnOctets), 4, aggregator.speaker.begin());
  return aggregator;
}

bool hasMarker(Bytes message) {
  return std::all_of(message.begin(), message.begin() + 16, [](uint8_t byte) { return byte == 0xff; });
}

template <typename T, typename V>
void setFirst(std::optional<T>& field, V&& value) {
  if (!field) field = std::forward<V>(value);
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
    const Bytes value = attribute.value;
    switch (static_cast<wire::AttributeType>(attribute.type)) {
      case kOrigin:
        setFirst(read.origin, value.empty() ? uint8_t{0} : value[0]);
        break;
      case kAsPath:
        setFirst(read.asPath, value);
        break;
      case kNextHop:
        setFirst(read.nextHop, padded<4>(value));
        break;
      case kMultiExitDisc:
        setFirst(read.multiExitDisc, looseU32(value));
        break;
      case kLocalPref:
        setFirst(read.localPref, looseU32(value));
        break;
      case kAtomicAggregate:
        read.atomicAggregate = true;
        break;
      case kAggregator:
        setFirst(read.aggregator, looseAggregator(value, asnSize));
        break;
      case kCommunities:
        if (read.communities.empty()) read.communities = value;
        break;
      case kMpReachNlri:
        if (!read.mpReach) read.mpReach = wire::decodeMpReach(value);
        break;
      case kMpUnreachNlri:
        if (!read.mpUnreach) read.mpUnreach = wire::decodeMpUnreach(value);
        break;
      case kAs4Path:
        setFirst(read.as4Path, value);
        break;
      case kAs4Aggregator:
        setFirst(read.as4Aggregator, looseAggregator(value, wire::AsnSize::kFour));
        break;
      default:
        break;
    }
  }
  return read;
}

bool applyAs4(LooseAttributes& attributes, std::vector<uint8_t>& merged) {
  if (attributes.aggregator && attributes.as4Aggregator) {
    if (attributes.aggregator->asn != kAsTrans) return false;
    attributes.aggregator = attributes.as4Aggregator;
  }
  return attributes.as4Path && attributes.asPath &&
         wire::mergeAs4Path(*attributes.asPath, *attributes.as4Path, merged);
}

}  // namespace nightjar::print
