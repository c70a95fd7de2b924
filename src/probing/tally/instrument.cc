#include "probing/tally/instrument.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace nightjar::tally {
namespace {

constexpr BlockKey kNoKey = std::numeric_limits<BlockKey>::max();

// What a prober says of a block, the weakest first. The strongest words are those that count: the block is up
// if one of them says so, down if all do.
enum class Word : uint8_t {
  kNone,   // nothing: it does not know the block well
  kLast,   // its last one, from before it was away
  kDoubt,  // it has asked since, and cannot tell
  kKnown,  // a state that it knows, but has not asked about since its line was down
  kAnew,   // a state that it knows
};

Word wordOf(const Vantage::View& view, bool hasSay) {
  if (view.standing != blocks::Standing::kTrusted) return Word::kNone;
  if (hasSay && view.known) return view.anew ? Word::kAnew : Word::kKnown;
  return hasSay && view.anew ? Word::kDoubt : Word::kLast;
}

}  // namespace

Instrument::Instrument(const geo::GeoMap& geo, OriginOf originOf, BinWidth width, Sink sink)
    : geo_(geo), originOf_(std::move(originOf)), width_(width), sink_(std::move(sink)) {}

Vantage& Instrument::join(const blocks::Engine& engine) {
  const auto self = static_cast<ProberIndex>(vantages_.size());
  Vantage& vantage = vantages_.emplace_back(engine, tally_, self, [this](const Address& address) {
    return tally_.group(geo_.place(geo_.placeOf(address)), originOf_(address));
  });
  cursors_.push_back({&vantage});
  vantage.renumber();
  return vantage;
}

void Instrument::renumber() {
  for (Vantage& vantage : vantages_) vantage.renumber();
}

Result<void> Instrument::advance(Time until) {
  // Nothing is told of bins that nobody counted in: after a gap, the next one begins where the time is now.
  const Bin now = Bin::of(until, width_);
  if (!bin_) bin_ = now;
  if (*bin_ >= now) return {};
  const bool leftOut = bin_->end(width_) < now.start(width_);
  const auto closed = close();
  if (leftOut) {
    for (Vantage& vantage : vantages_) vantage.askAnewFrom(now.start(width_));
  }
  bin_ = now;
  return closed;
}

Result<void> Instrument::finish() {
  if (!bin_) return {};
  const auto closed = close();
  bin_.reset();
  return closed;
}

uint32_t Instrument::size() {
  uint32_t count = 0;
  forEachBlock([&count](Watching) { ++count; });
  return count;
}

void Instrument::Cursor::goTo(uint32_t next) {
  place = next;
  key = place < vantage->size() ? vantage->keyAt(place) : kNoKey;
}

template <class Visit>
void Instrument::forEachBlock(const Visit& visit) {
  for (Cursor& cursor : cursors_) cursor.goTo(0);
  std::vector<Cursor*> watching;
  for (;;) {
    BlockKey next = kNoKey;
    for (const Cursor& cursor : cursors_) next = std::min(next, cursor.key);
    if (next == kNoKey) return;
    watching.clear();
    for (Cursor& cursor : cursors_) {
      if (cursor.key == next) watching.push_back(&cursor);
    }
    visit(Watching(watching));
    for (Cursor* cursor : watching) cursor->goTo(cursor->place + 1);
  }
}

void Instrument::countBlock(Watching watching) {
  Vantage::View any;
  Word strongest = Word::kNone;
  double weight = 0;  // of the healthiest line among those with the strongest word
  bool up = false;    // one of them says so
  bool trusted = false, sparse = false;
  for (const Cursor* cursor : watching) {
    const Vantage::View view = cursor->vantage->closeBlock(cursor->place);
    any = view;
    trusted |= view.standing == blocks::Standing::kTrusted;
    sparse |= view.standing == blocks::Standing::kSparse;
    const Word word = wordOf(view, cursor->weight > 0);
    if (word < strongest) continue;
    if (word > strongest) {
      strongest = word;
      weight = 0;
      up = false;
    }
    weight = std::max(weight, cursor->weight);
    up |= view.up;
  }
  if (sparse && !trusted) return;
  const bool known = strongest >= Word::kKnown;
  // Else the blocks that are not asked anew yet when a line is back would look like blocks that are not.
  const bool held = strongest == Word::kLast;
  tally_.countBlock(any.family, any.group, known ? weight : 0, up && (known || held));
}

Result<void> Instrument::close() {
  std::vector<double> lines;
  double best = 0;
  for (Vantage& vantage : vantages_) {
    lines.push_back(vantage.closeLine(bin_->start(width_), bin_->end(width_)));
    best = std::max(best, lines.back());
  }
  for (size_t i = 0; i < lines.size(); ++i) {
    const bool hasSay = lines[i] > 0 && lines[i] >= kLeastUplink * best;
    cursors_[i].weight = hasSay ? lines[i] / best : 0;
  }
  forEachBlock([this](Watching watching) { countBlock(watching); });
  samples_.clear();
  tally_.close(lines, [this](const series::SeriesKey& key, const series::Point& point) {
    samples_.emplace_back(key, point);
  });
  return samples_.empty() ? Result<void>{} : sink_(*bin_, samples_);
}

}  // namespace nightjar::tally
