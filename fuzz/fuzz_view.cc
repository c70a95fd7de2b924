// Any bytes as an archive, through the framer and the applier into a view: whatever they hold, the counters
// must stay within the address space that there is, and come back to nothing when the peers are gone.
#include <cstdint>
#include <cstdlib>

#include "geo/geo_map_builder.h"
#include "routing/view/record_applier.h"
#include "routing/wire/mrt_framer.h"

namespace {

using namespace nightjar;

const geo::GeoMap& map() {
  static const geo::GeoMap made = [] {
    geo::GeoMapBuilder builder;
    const auto add = [&builder](std::string_view prefix, std::string_view country) {
      if (!builder.add(*Prefix::parse(prefix), *builder.place(country))) std::abort();
    };
    add("0.0.0.0/2", "KZ");
    add("64.0.0.0/2", "UZ");
    add("2000::/3", "KZ");
    return *builder.build("fuzz");
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  view::Visibility view(map(), BinWidth());
  view::RecordApplier applier(view, view.peers().collector("rrc00"), [](const wire::Finding&) {});
  wire::MrtFramer framer;
  framer.feed({data, size}, true);
  Bin bin{1};
  for (auto event = framer.next();
       event != wire::MrtFramer::Event::kEnd && event != wire::MrtFramer::Event::kMore;
       event = framer.next()) {
    if (event != wire::MrtFramer::Event::kRecord) continue;
    applier.apply(framer.record(), bin.start(BinWidth()));
    if (framer.record().raw.size() % 7 != 0) continue;  // close a bin now and then
    applier.flush();
    view.close(bin);
    bin = bin.next();
  }
  applier.endOfDump(true);
  applier.flush();
  view.close(bin);
  constexpr int64_t kMostUnits = int64_t{1} << 48;
  for (view::CellIndex cell = 0; cell < view.counters().cellCount(); ++cell) {
    const int64_t value = view.counters().valueOf(cell);
    if (value < 0 || value > kMostUnits) std::abort();
  }
  return 0;
}
