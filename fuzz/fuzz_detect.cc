// Bytes -> series of a few places with any values -> both rules, the joiner, JSON and the table.
//
// First byte: bin width. Then one series after another: a byte for the place and one for the signal, a byte
// for the length in steps of 8 bins, and runs of (kind, value, count) until the length is full.
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include "detect/incident/memory_reader.h"
#include "detect/print/json.h"
#include "detect/print/table.h"
#include "detect/rule/rule.h"
#include "series/signals.h"

namespace {

using namespace nightjar;

class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool empty() const { return at_ >= size_; }
  uint8_t next() { return empty() ? 0 : data_[at_++]; }
  uint64_t next64() {
    uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | next();
    return value;
  }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

double anyValue(Bytes& bytes, uint8_t kind) {
  switch (kind % 8) {
    case 0:
      return bytes.next();
    case 1:
      return bytes.next() * 4096.0;
    case 2:
      return std::bit_cast<double>(bytes.next64());
    case 3:
      return std::numeric_limits<double>::quiet_NaN();
    case 4:
      return std::numeric_limits<double>::infinity();
    case 5:
      return -1.0 * bytes.next();
    case 6:
      return 9007199254740992.0;
    default:
      return 0;
  }
}

constexpr std::string_view kSignals[] = {
    series::kVisible24, series::kVisible48, series::kMoved24, series::kMoved48,
    series::kUpdates,   series::kPrefixes4, series::kUp24,    series::kLoss,
    series::kRtt,       series::kSparse,    "ioda.gtr",       "sites.ok",
    "monash.x",         "ioda.merit-nt",    series::kUp48,    ""};
constexpr const char* kPlaces[] = {"EG", "EG-C", "AS1@EG", "AS1", "AS1@DE", "AS2@EG", "DE", "site:a.example"};
constexpr size_t kMostBins = 20000;  // all series together

detect::MemoryReader read(Bytes& bytes) {
  detect::MemoryReader reader;
  const BinWidth width = BinWidth::of(std::chrono::minutes(bytes.next() % 2 == 0 ? 5 : 60)).value();
  size_t left = kMostBins;
  while (!bytes.empty() && left > 0) {
    const uint8_t place = bytes.next();
    const uint8_t signal = bytes.next();
    series::Series series{{std::string(kSignals[signal % 16]), Entity::parse(kPlaces[place % 8]).value()},
                          width,
                          {300000 + place / 64},
                          {}};
    const size_t bins = std::min<size_t>(left, size_t{bytes.next()} * 8);
    left -= bins;
    while (series.points.size() < bins && !bytes.empty()) {
      const uint8_t kind = bytes.next();
      const double value = anyValue(bytes, kind);
      const float coverage = kind / 64 == 0 ? 0.0F : kind / 64 == 1 ? 0.4F : 1.0F;
      const size_t run = std::min<size_t>(1 + bytes.next(), bins - series.points.size());
      series.points.insert(series.points.end(), run, {value, coverage});
    }
    reader.add(std::move(series));
  }
  return reader;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const detect::Report& report) {
  for (const auto& one : report.incidents) {
    require(one.onset_earliest <= one.onset &&
            (!one.end || (*one.end > one.onset && one.end_earliest <= one.end)));
    require(one.depth >= 0 && one.depth <= 1 && one.severity_hours >= 0);
    require(!one.signals.empty() || !one.children.empty());
    require(one.phases.empty() == one.recurrence.has_value());
    if (one.recurrence) require(one.recurrence->occurrences.size() >= 3 && one.recurrence->days >= 3);
    for (size_t i = 1; i < one.phases.size(); ++i) require(one.phases[i - 1].end == one.phases[i].start);
  }
  require(!detect::toJson(report).empty() && !detect::toTable(report).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Bytes bytes(data, size);
  detect::MemoryReader reader = read(bytes);
  for (const auto rule : detect::ruleNames()) {
    const auto report = detect::judge(reader, {.rule = std::string(rule)});
    require(report.has_value());
    check(*report);
  }
  return 0;
}
