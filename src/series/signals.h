// The signals that Nightjar's own instruments write. A signal's name is stored and printed: it never changes.
// What a judgement may make of each, and of imported ones, is told in signal_traits.h.
#pragma once

#include <string_view>

namespace nightjar::series {

// Address space with a visible route, per country, region, network and network in country. A /24 (a /48 in
// IPv6) counts once, however many prefixes cover it.
inline constexpr std::string_view kVisible24 = "routing.visible24";
inline constexpr std::string_view kVisible48 = "routing.visible48";

// Visible prefixes (a prefix counts where its first address is). Told in reports; not judged, because
// aggregation halves it without any loss.
inline constexpr std::string_view kPrefixes4 = "routing.prefixes4";
inline constexpr std::string_view kPrefixes6 = "routing.prefixes6";

// Of the /24s (/48s) that a network originated earlier in the run: those whose prefix is visible now, but
// from other origins only (re-homed or hijacked). Written for networks and networks in a country, once it is
// not zero. What moved is not lost: the judgement subtracts its growth from a fall of visible24 (visible48).
inline constexpr std::string_view kMoved24 = "routing.moved24";
inline constexpr std::string_view kMoved48 = "routing.moved48";

// Announcements and withdrawals seen in the bin, all peers together, both families. A burst without a loss of
// space is worth telling ("announced"), and is no outage.
inline constexpr std::string_view kUpdates = "routing.updates";

// Probed /24s whose hosts answer, per country, region, network and network in country, as the blocks' beliefs
// stand at the end of the bin. Coverage: the share of the entity's probed /24s whose state is known, times
// the health of the prober's own uplink.
inline constexpr std::string_view kUp24 = "probe.up24";

// The same in IPv6, where listed addresses are asked: /48s (those with more than 256 listed addresses count
// once for each 256).
inline constexpr std::string_view kUp48 = "probe.up48";

// Of sparse blocks, which have too few hosts to be told by themselves (docs/blocks.md, "trusted"), all
// together: the replies as a share of those expected while they are up; about 1, noise included. Coverage:
// the uplink's health.
inline constexpr std::string_view kSparse = "probe.sparse";

// Of the probes sent to addresses that answered not long ago, in blocks that are up: the share in [0, 1] that
// went unanswered. A throttled line loses; a dark one is not counted here.
inline constexpr std::string_view kLoss = "probe.loss";

// Of the answers in the bin, in milliseconds: the median round-trip time, and the distance of its quartiles.
inline constexpr std::string_view kRtt = "probe.rtt";
inline constexpr std::string_view kRttSpread = "probe.rtt-spread";

}  // namespace nightjar::series
