#include "series/column.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/varint.h"

namespace nightjar::series {
namespace {

// The first byte of a column: flags. DO NOT CHANGE: they are stored.
constexpr uint8_t kReals = 1;         // values are coded as reals, else as integers
constexpr uint8_t kCoverageRuns = 2;  // runs of coverage follow, else all points have full coverage
constexpr uint8_t kKnownFlags = kReals | kCoverageRuns;

constexpr uint8_t kFullCoverage = 255;
// Doubles hold every integer up to here.
constexpr double kLargestInteger = 9007199254740992.0;

uint8_t quantised(float coverage) {
  if (!(coverage > 0)) return 0;
  return static_cast<uint8_t>(std::clamp(std::lround(coverage * 255), 1L, 255L));
}

bool isInteger(double value) {
  return std::abs(value) <= kLargestInteger && value == std::trunc(value);
}

void putCoverage(std::span<const Point> points, std::vector<uint8_t>& out) {
  for (size_t i = 0; i < points.size();) {
    size_t end = i + 1;
    while (end < points.size() && points[end].coverage == points[i].coverage) ++end;
    putVarint(out, end - i);
    out.push_back(quantised(points[i].coverage));
    i = end;
  }
}

// Steps from one value to the next; a step of nothing is counted, not repeated.
template <typename Value, typename PutStep, typename PutRepeats>
void putValues(std::span<const Point> points, Value (*coded)(double), PutStep putStep,
               PutRepeats putRepeats) {
  Value last = 0;
  uint64_t repeats = 0;
  const auto flush = [&] {
    if (repeats != 0) putRepeats(repeats);
    repeats = 0;
  };
  for (const Point& point : points) {
    if (!point.present()) continue;
    const Value value = coded(point.value);
    if (value == last) {
      ++repeats;
      continue;
    }
    flush();
    putStep(value, last);
    last = value;
  }
  flush();
}

// A varint: an odd one counts repeats (of the first step's zero, too), an even one is twice a zigzag step.
void putIntegers(std::span<const Point> points, std::vector<uint8_t>& out) {
  putValues<int64_t>(
      points, [](double value) { return static_cast<int64_t>(value); },
      [&](int64_t value, int64_t last) { putVarint(out, zigzag(value - last) << 1); },
      [&](uint64_t repeats) { putVarint(out, (repeats - 1) << 1 | 1); });
}

// A control byte: how many bytes of (value xor last) are not zero, and above them how many zero bytes lie
// below. No byte means repeats, which a varint counts.
void putReals(std::span<const Point> points, std::vector<uint8_t>& out) {
  putValues<uint64_t>(
      points, [](double value) { return std::bit_cast<uint64_t>(value); },
      [&](uint64_t value, uint64_t last) {
        uint64_t change = value ^ last;
        const int below = std::countr_zero(change) / 8;
        change >>= 8 * below;
        const int count = 8 - std::countl_zero(change) / 8;
        out.push_back(static_cast<uint8_t>(below << 4 | count));
        for (int i = 0; i < count; ++i, change >>= 8) out.push_back(static_cast<uint8_t>(change));
      },
      [&](uint64_t repeats) {
        out.push_back(0);
        putVarint(out, repeats - 1);
      });
}

std::unexpected<Error> broken(const char* what) {
  return fail(ErrorKind::kInvalid, what);
}

Result<void> getCoverage(ByteReader& in, uint8_t flags, std::span<Point> points) {
  if (!(flags & kCoverageRuns)) {
    std::fill(points.begin(), points.end(), Point{0, 1});
    return {};
  }
  for (size_t i = 0; i < points.size();) {
    const uint64_t length = getVarint(in);
    const uint8_t coverage = in.u8();
    if (!in.ok()) return broken("a column ends inside its coverage");
    if (length == 0 || length > points.size() - i) return broken("a run of coverage has a wrong length");
    const Point point{0, static_cast<float>(coverage) / kFullCoverage};
    std::fill_n(points.begin() + static_cast<ptrdiff_t>(i), length, point);
    i += length;
  }
  return {};
}

struct Step {
  uint64_t repeats;  // of the last value; 0 if `value` is new
  double value;
};

class IntegerSteps {
 public:
  explicit IntegerSteps(ByteReader& in) : in_(in) {}

  Result<Step> next() {
    const uint64_t code = getVarint(in_);
    if (code & 1) return Step{(code >> 1) + 1, 0};
    last_ += static_cast<uint64_t>(unzigzag(code >> 1));
    const auto value = static_cast<double>(static_cast<int64_t>(last_));
    if (std::abs(value) > kLargestInteger) return broken("a column holds an integer out of range");
    return Step{0, value};
  }

 private:
  ByteReader& in_;
  uint64_t last_ = 0;  // wraps where the bytes are hostile
};

class RealSteps {
 public:
  explicit RealSteps(ByteReader& in) : in_(in) {}

  Result<Step> next() {
    const uint8_t control = in_.u8();
    if (control == 0) return Step{std::min<uint64_t>(getVarint(in_), UINT32_MAX) + 1, 0};
    const unsigned count = control & 0x0f;
    const unsigned below = control >> 4;
    if (count == 0 || count + below > 8) return broken("a column holds a wrong control byte");
    uint64_t change = 0;
    for (unsigned i = 0; i < count; ++i) change |= static_cast<uint64_t>(in_.u8()) << (8 * (i + below));
    last_ ^= change;
    const auto value = std::bit_cast<double>(last_);
    if (!std::isfinite(value)) return broken("a column holds a value that is no finite number");
    return Step{0, value};
  }

 private:
  ByteReader& in_;
  uint64_t last_ = 0;
};

template <typename Steps>
Result<void> getValues(ByteReader& in, std::span<Point> points) {
  Steps steps(in);
  double value = 0;
  uint64_t repeats = 0;
  for (Point& point : points) {
    if (!point.present()) continue;
    if (repeats == 0) {
      const auto step = steps.next();
      if (!step) return std::unexpected(step.error());
      if (!in.ok()) return broken("a column ends inside its values");
      if (step->repeats == 0) value = step->value;
      repeats = step->repeats == 0 ? 1 : step->repeats;
    }
    --repeats;
    point.value = value;
  }
  return repeats == 0 ? Result<void>{} : broken("a column repeats past its end");
}

}  // namespace

Point stored(Point point) {
  const uint8_t coverage = quantised(point.coverage);
  // The zero added makes a plain zero of a negative one.
  return coverage == 0 ? Point{} : Point{point.value + 0.0, static_cast<float>(coverage) / kFullCoverage};
}

void encodeColumn(std::span<const Point> points, std::vector<uint8_t>& out) {
  bool present = false;
  bool full = true;
  bool integers = true;
  for (const Point& point : points) {
    full &= point.coverage == 1;
    if (!point.present()) continue;
    present = true;
    integers = integers && isInteger(point.value);
  }
  if (!present) return;
  out.push_back(static_cast<uint8_t>((integers ? 0 : kReals) | (full ? 0 : kCoverageRuns)));
  if (!full) putCoverage(points, out);
  integers ? putIntegers(points, out) : putReals(points, out);
}

Result<void> decodeColumn(Bytes bytes, std::span<Point> points) {
  if (bytes.empty()) {
    std::fill(points.begin(), points.end(), Point{});
    return {};
  }
  ByteReader in(bytes);
  const uint8_t flags = in.u8();
  if (flags & ~kKnownFlags) return broken("a column has unknown flags");
  if (auto done = getCoverage(in, flags, points); !done) return done;
  auto done = flags & kReals ? getValues<RealSteps>(in, points) : getValues<IntegerSteps>(in, points);
  if (done && !in.atEnd()) return broken("a column has bytes past its end");
  return done;
}

}  // namespace nightjar::series
