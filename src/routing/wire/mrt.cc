#include "routing/wire/mrt.h"

#include <string>

namespace nightjar::wire {
namespace {

using enum RecordKind;

template <typename Subtype>
constexpr RecordForm form(MrtType type, Subtype subtype, RecordKind kind, std::string_view name,
                          std::string_view rfc) {
  return {static_cast<uint16_t>(type), static_cast<uint16_t>(subtype), kind, name, rfc};
}
constexpr RecordForm v1(TableDumpSubtype subtype, std::string_view name, std::string_view rfc) {
  return form(MrtType::kTableDump, subtype, kTableDump, name, rfc);
}
constexpr RecordForm v2(TableDumpV2Subtype subtype, RecordKind kind, std::string_view name,
                        std::string_view rfc) {
  return form(MrtType::kTableDumpV2, subtype, kind, name, rfc);
}
constexpr RecordForm bgp(Bgp4mpSubtype subtype, RecordKind kind, std::string_view name,
                         std::string_view rfc) {
  return form(MrtType::kBgp4mp, subtype, kind, name, rfc);
}

// BGP4MP_ET has the subtypes of BGP4MP (RFC 6396, section 4.5) and is not listed again.
constexpr std::array kForms{
    v1(TableDumpSubtype::kIpv4, "AFI_IPv4", "RFC 6396"),
    v1(TableDumpSubtype::kIpv6, "AFI_IPv6", "RFC 6396"),
    v1(TableDumpSubtype::kIpv4As4, "AFI_IPv4, four-octet AS", "none"),
    v1(TableDumpSubtype::kIpv6As4, "AFI_IPv6, four-octet AS", "none"),
    v2(TableDumpV2Subtype::kPeerIndexTable, kPeerIndexTable, "PEER_INDEX_TABLE", "RFC 6396"),
    v2(TableDumpV2Subtype::kRibIpv4Unicast, kRib, "RIB_IPV4_UNICAST", "RFC 6396"),
    v2(TableDumpV2Subtype::kRibIpv4Multicast, kRib, "RIB_IPV4_MULTICAST", "RFC 6396"),
    v2(TableDumpV2Subtype::kRibIpv6Unicast, kRib, "RIB_IPV6_UNICAST", "RFC 6396"),
    v2(TableDumpV2Subtype::kRibIpv6Multicast, kRib, "RIB_IPV6_MULTICAST", "RFC 6396"),
    v2(TableDumpV2Subtype::kRibGeneric, kRib, "RIB_GENERIC", "RFC 6396"),
    form(MrtType::kTableDumpV2, 7, kUnsupported, "GEO_PEER_TABLE", "RFC 6397"),
    v2(TableDumpV2Subtype::kRibIpv4UnicastAddPath, kRib, "RIB_IPV4_UNICAST_ADDPATH", "RFC 8050"),
    v2(TableDumpV2Subtype::kRibIpv4MulticastAddPath, kRib, "RIB_IPV4_MULTICAST_ADDPATH", "RFC 8050"),
    v2(TableDumpV2Subtype::kRibIpv6UnicastAddPath, kRib, "RIB_IPV6_UNICAST_ADDPATH", "RFC 8050"),
    v2(TableDumpV2Subtype::kRibIpv6MulticastAddPath, kRib, "RIB_IPV6_MULTICAST_ADDPATH", "RFC 8050"),
    v2(TableDumpV2Subtype::kRibGenericAddPath, kRib, "RIB_GENERIC_ADDPATH", "RFC 8050"),
    bgp(Bgp4mpSubtype::kStateChange, kStateChange, "BGP4MP_STATE_CHANGE", "RFC 6396"),
    bgp(Bgp4mpSubtype::kMessage, kMessage, "BGP4MP_MESSAGE", "RFC 6396"),
    form(MrtType::kBgp4mp, 2, kUnsupported, "BGP4MP_ENTRY", "RFC 6396"),
    form(MrtType::kBgp4mp, 3, kUnsupported, "BGP4MP_SNAPSHOT", "RFC 6396"),
    bgp(Bgp4mpSubtype::kMessageAs4, kMessage, "BGP4MP_MESSAGE_AS4", "RFC 6396"),
    bgp(Bgp4mpSubtype::kStateChangeAs4, kStateChange, "BGP4MP_STATE_CHANGE_AS4", "RFC 6396"),
    bgp(Bgp4mpSubtype::kMessageLocal, kMessage, "BGP4MP_MESSAGE_LOCAL", "RFC 6396"),
    bgp(Bgp4mpSubtype::kMessageAs4Local, kMessage, "BGP4MP_MESSAGE_AS4_LOCAL", "RFC 6396"),
    bgp(Bgp4mpSubtype::kMessageAddPath, kMessage, "BGP4MP_MESSAGE_ADDPATH", "RFC 8050"),
    bgp(Bgp4mpSubtype::kMessageAs4AddPath, kMessage, "BGP4MP_MESSAGE_AS4_ADDPATH", "RFC 8050"),
    bgp(Bgp4mpSubtype::kMessageLocalAddPath, kMessage, "BGP4MP_MESSAGE_LOCAL_ADDPATH", "RFC 8050"),
    bgp(Bgp4mpSubtype::kMessageAs4LocalAddPath, kMessage, "BGP4MP_MESSAGE_AS4_LOCAL_ADDPATH", "RFC 8050"),
};

}  // namespace

std::span<const RecordForm> recordForms() {
  return kForms;
}

Finding unsupported(const MrtRecord& record) {
  return {FindingKind::kUnsupported, record.offset, record.raw.size(),
          "MRT type " + std::to_string(record.type) + ", subtype " + std::to_string(record.subtype) +
              " is not decoded"};
}

}  // namespace nightjar::wire
