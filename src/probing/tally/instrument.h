// From outcomes of probes to samples: the same live and in a replay of the log, of one prober or of several.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/asn.h"
#include "geo/geo_map.h"
#include "probing/blocks/engine.h"
#include "probing/tally/entity_tally.h"
#include "probing/tally/vantage.h"

namespace nightjar::tally {

using EntitySample = std::pair<series::SeriesKey, series::Point>;

// Use: join() the probers; then for each chunk of a log (or of the seconds that pass), in order of time,
// advance() to its begin and count() its outcomes at its prober's vantage point.
// Not thread-safe. docs/probing.md tells what is counted, and how several probers are added up.
class Instrument {
 public:
  // The network that originates an address; Asn{0}: unknown.
  using OriginOf = std::function<Asn(const Address&)>;
  // Takes the samples of one bin; bins come in ascending order. An error ends advance().
  using Sink = std::function<Result<void>(Bin, std::span<const EntitySample>)>;

  // `geo` must outlive the object.
  Instrument(const geo::GeoMap& geo, OriginOf originOf, BinWidth width, Sink sink);
  Instrument(const Instrument&) = delete;
  Instrument& operator=(const Instrument&) = delete;

  // A prober: `engine` must outlive the object, in which the vantage point lives. The order of joining
  // decides between those who begin to watch a block at once.
  Vantage& join(const blocks::Engine& engine);
  // Blocks were added to an engine.
  void renumber();

  // Everything that was settled before `until` has been counted: closes the bins that end by then.
  Result<void> advance(Time until);
  // The bin in hand ends early: no more comes.
  Result<void> finish();

  // How many blocks are watched, each once.
  uint32_t size();

 private:
  // A vantage point among those that are gone through side by side, in the order of the blocks' keys.
  struct Cursor {
    Vantage* vantage = nullptr;
    double weight = 0;   // its line's health as a share of the best one's; 0: it has no say
    uint32_t place = 0;  // of its next block
    BlockKey key = 0;    // likewise
    void goTo(uint32_t next);
  };
  using Watching = std::span<Cursor* const>;  // those who watch one block
  template <class Visit>
  void forEachBlock(const Visit& visit);

  Result<void> close();
  void countBlock(Watching watching);

  const geo::GeoMap& geo_;
  OriginOf originOf_;
  BinWidth width_;
  Sink sink_;
  EntityTally tally_;
  std::deque<Vantage> vantages_;
  std::vector<Cursor> cursors_;  // of vantages_
  std::optional<Bin> bin_;
  std::vector<EntitySample> samples_;
};

}  // namespace nightjar::tally
