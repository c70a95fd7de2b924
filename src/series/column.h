// How a run of points becomes bytes: the innermost layer of the store's format (docs/store.md, "Column").
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "series/series.h"

namespace nightjar::series {

// The point as the store gives it back: coverage rounded to steps of 1/255 (but not down to none), and an
// absent point as Point{}. REQUIRES: a finite value, coverage in [0, 1].
Point stored(Point point);

// Appends the bytes of `points` to `out`; a column without any present point has no bytes.
// REQUIRES: every point is stored(point).
void encodeColumn(std::span<const Point> points, std::vector<uint8_t>& out);

// Fills all of `points` from the bytes of a column of that many points. Fails with kInvalid on anything that
// encodeColumn cannot have written for that many points, apart from needlessly long forms; `points` may then
// be partly filled.
Result<void> decodeColumn(Bytes bytes, std::span<Point> points);

}  // namespace nightjar::series
