#include "imports/binning.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace nightjar::imports {
namespace {

using std::chrono::microseconds;

// A twentieth: who looks every 10 minutes and a few seconds looks every 10 minutes.
constexpr int kDrift = 20;

// All widths that there are, from the largest to 1 minute.
std::vector<BinWidth> allWidths() {
  std::vector<BinWidth> widths;
  for (int minutes = 60; minutes >= 1; --minutes) {
    if (const auto width = BinWidth::of(std::chrono::minutes(minutes))) widths.push_back(*width);
  }
  return widths;
}

// The smallest that is no finer than `usual`, as clocks drift; 1 hour where there is none.
BinWidth coarseWidth(Seconds usual) {
  const auto widths = allWidths();
  const auto fits = std::find_if(widths.rbegin(), widths.rend(), [usual](BinWidth width) {
    return width.length() + width.length() / kDrift >= usual;
  });
  return fits == widths.rend() ? widths.front() : *fits;
}

// By time: what holds in a bin, for as long as it does.
std::vector<BinnedPoint> held(const ReadSeries& series, BinWidth width) {
  struct Sum {
    Bin bin;
    double time = 0;     // in which something holds, times its coverage
    double weighed = 0;  // the value over that time
  };
  std::vector<BinnedPoint> points;
  Sum sum;
  const auto close = [&] {
    if (sum.time <= 0) return;
    const double whole = std::chrono::duration<double>(width.length()).count();
    points.push_back(
        {sum.bin, {sum.weighed / sum.time, static_cast<float>(std::min(1.0, sum.time / whole))}});
  };
  const auto& readings = series.readings;
  auto part = series.parts.begin();
  Seconds step = series.step;
  for (size_t i = 0; i < readings.size(); ++i) {
    if (part != series.parts.end() && part->first == i) step = (part++)->step;
    Time end = readings[i].time + step;
    if (i + 1 < readings.size()) end = std::min(end, readings[i + 1].time);
    for (Time at = readings[i].time; at < end;) {
      const Bin bin = Bin::of(at, width);
      const Time until = std::min(end, bin.end(width));
      if (bin != sum.bin) {
        close();
        sum = {.bin = bin};
      }
      const double time =
          std::chrono::duration<double>(until - at).count() * static_cast<double>(readings[i].coverage);
      sum.time += time;
      sum.weighed += time * readings[i].value;
      at = until;
    }
  }
  close();
  return points;
}

// By moment: each reading counts in its bin alike; the last one goes on where none comes.
class Sampled {
 public:
  Sampled(const ReadSeries& series, BinWidth width) : series_(series), width_(width) {}

  std::vector<BinnedPoint> run() {
    const auto& readings = series_.readings;
    for (size_t i = 0; i < readings.size();) {
      const Bin bin = Bin::of(readings[i].time, width_);
      double count = 0, covered = 0, mean = 0;
      for (; i < readings.size() && Bin::of(readings[i].time, width_) == bin; ++i) {
        ++count;
        const auto coverage = static_cast<double>(readings[i].coverage);
        covered += coverage;
        if (coverage > 0) mean += (readings[i].value - mean) * (coverage / covered);
      }
      const double share = length(series_.step) / length(width_.length());
      put(bin, mean, std::min(1.0, count * share) * covered / count);
      hold(readings[i - 1], i < readings.size() ? readings[i].time : Time::max());
    }
    return std::move(points_);
  }

 private:
  static double length(microseconds time) { return std::chrono::duration<double>(time).count(); }

  void put(Bin bin, double value, double coverage) {
    if (coverage > 0) points_.push_back({bin, {value, static_cast<float>(coverage)}});
  }

  // In the bins after that of a reading, and before that of the next one.
  void hold(const Reading& reading, Time next) {
    const Time end = reading.time + series_.step;
    for (Bin bin = Bin::of(reading.time, width_).next(); bin.start(width_) < end && bin.end(width_) <= next;
         bin = bin.next()) {
      const double share =
          length(std::min(end, bin.end(width_)) - bin.start(width_)) / length(width_.length());
      put(bin, reading.value, share * static_cast<double>(reading.coverage));
    }
  }

  const ReadSeries& series_;
  BinWidth width_;
  std::vector<BinnedPoint> points_;
};

}  // namespace

BinWidth dividingWidth(Seconds common) {
  const auto widths = allWidths();
  for (const BinWidth width : widths) {
    if (common.count() % width.length().count() == 0) return width;
  }
  return widths.back();
}

BinWidth fittingWidth(const std::vector<ReadSeries>& all) {
  Seconds common{0}, usual{0};
  for (const ReadSeries& series : all) {
    if (series.readings.empty()) continue;
    if (series.sampled()) {
      usual = std::max(usual, series.usual);
    } else {
      common = Seconds(std::gcd(common.count(), series.grid.count()));
    }
  }
  return common.count() > 0 ? dividingWidth(common) : coarseWidth(usual);
}

double binsOfReading(const ReadSeries& series, BinWidth width) {
  const Seconds holds = series.parts.empty() ? std::min(series.step, series.usual) : series.longestStep();
  return static_cast<double>(holds.count()) / static_cast<double>(width.length().count());
}

Result<void> checkBins(const std::vector<ReadSeries>& all, BinWidth width) {
  constexpr double kMostBins = 50'000'000;
  double bins = 0;
  for (const ReadSeries& series : all) {
    const double each =
        static_cast<double>(series.longestStep().count()) / static_cast<double>(width.length().count());
    bins += static_cast<double>(series.readings.size()) * (each + 1);
  }
  if (bins <= kMostBins) return {};
  return fail(ErrorKind::kLimit,
              fmt::format("about {:.0f} million bins of {} are too many at once: import fewer "
                          "files, or into wider bins",
                          bins / 1e6, formatDuration(width.length())));
}

std::vector<BinnedPoint> binned(const ReadSeries& series, BinWidth width) {
  return series.sampled() ? Sampled(series, width).run() : held(series, width);
}

}  // namespace nightjar::imports
