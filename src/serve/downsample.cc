#include "serve/downsample.h"

#include <algorithm>

namespace nightjar::serve {

size_t binsPerStretch(size_t count, size_t points) {
  return std::max<size_t>(1, (count + points - 1) / points);
}

std::vector<Stretch> downsample(const series::Series& series, size_t bins) {
  std::vector<Stretch> stretches;
  stretches.reserve(series.points.size() / bins + 1);
  for (size_t at = 0; at < series.points.size(); at += bins) {
    const size_t end = std::min(at + bins, series.points.size());
    Stretch stretch;
    for (size_t i = at; i < end; ++i) {
      const series::Point& point = series.points[i];
      if (!point.present()) continue;
      stretch.least = stretch.present == 0 ? point.value : std::min(stretch.least, point.value);
      stretch.most = stretch.present == 0 ? point.value : std::max(stretch.most, point.value);
      stretch.mean += point.value;
      stretch.coverage += point.coverage;
      ++stretch.present;
    }
    if (stretch.present > 0) stretch.mean /= static_cast<double>(stretch.present);
    stretch.coverage /= static_cast<double>(end - at);
    stretches.push_back(stretch);
  }
  return stretches;
}

}  // namespace nightjar::serve
