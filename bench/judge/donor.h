// Donors: what real series look like while nothing is wrong. Their level, rhythm, noise and drift are taken
// apart here, so that the corpus can make as many quiet weeks of them as it needs.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "series/series.h"

namespace nightjar::bench {

enum class Part { kTuning, kTest };

// How the instrument rounds.
enum class Grain {
  kNone,
  kWhole,   // counts
  kFifths,  // IODA's telescope: mean of five one-minute counts
  kTens,    // the Monash IP Observatory's connectivity: tens, below 10 ones
};
double roundTo(Grain grain, double value);
// The smallest change that shows at this value.
double stepAt(Grain grain, double value);

struct Donor {
  std::string name;
  series::Signal signal;  // under which its offspring is judged
  Seconds step{300};
  double level = 0;
  Grain grain = Grain::kNone;
  double cap = std::numeric_limits<double>::infinity();
  // All relative to the level:
  std::vector<double> rhythm;  // departure by hour of day (UTC), 24 numbers
  std::vector<std::vector<double>>
      runs;          // what is left without level, rhythm and drift; each run without a break
  double drift = 0;  // standard deviation of the change of the level from day to day

  size_t residuals() const;
};

// What a donor is made from. `values` has one value a step, empty where nothing was measured or where it was
// not quiet.
struct QuietSeries {
  std::string name;
  series::Signal signal;
  Seconds step{300};
  Grain grain = Grain::kNone;
  double cap = std::numeric_limits<double>::infinity();
  Time first;
  std::vector<std::optional<double>> values;
};

// Takes a series apart. Nothing if it has less than a day of quiet values, or is zero all over. Only
// residuals of steps in [from, until) are given on, but level, rhythm and drift are those of all.
std::optional<Donor> makeDonor(const QuietSeries& series, size_t from = 0,
                               size_t until = std::numeric_limits<size_t>::max());

// How often a kind of series is taken for the corpus, and the donors of that kind.
struct DonorKind {
  std::string name;
  double weight = 1;
  std::vector<Seconds> widths;  // bin widths that its offspring comes in
  std::vector<Donor> donors;
};

// Donors from the shared measurements in `folder` (outages cut out, an hour before and 150 minutes after
// them). No noise is in both parts: places go to one of them, and what is one series only is cut in the
// middle.
std::vector<DonorKind> realDonors(const std::string& folder, Part part);
// For where these files are not: noise that is made up, of the same kinds.
std::vector<DonorKind> syntheticDonors(Part part);

}  // namespace nightjar::bench
