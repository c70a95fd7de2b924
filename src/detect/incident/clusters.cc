#include "detect/incident/clusters.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "detect/incident/recurrence.h"
#include "detect/rule/usable.h"

namespace nightjar::detect {
namespace {

// A fall of a network, by its time.
struct Candidate {
  Time first;
  size_t part;
  size_t fall;
};

struct Weight {
  double all = 0;
  double mobile = 0;
  bool counted = true;  // all of it is loss of whole things
};

// What a fall took from the country: what was lost where that is counted, else (loss, delay) the network.
Weight weightOf(const PlaceFall& fall, Access access) {
  Weight weight{.counted = false};
  for (const SignalFalls& falls : fall.signals) {
    if (!falls.signal->major() || !falls.signal->traits.blocks) continue;
    weight.all = std::max(weight.all, falls.lost());
    weight.counted = true;
  }
  if (!weight.counted) weight.all = fall.size.value_or(0);
  if (access == Access::kMobile) weight.mobile = weight.all;
  return weight;
}

// The mean of the usable values in [from, until); nothing if there are none.
std::optional<double> meanOf(const series::Series& series, Time from, Time until, float min_coverage) {
  double sum = 0;
  size_t count = 0;
  Bin bin{std::max(Bin::of(from, series.width).index, series.first.index)};
  for (; bin < series.end() && bin.start(series.width) < until; bin = bin.next()) {
    const auto& point = series.points[static_cast<size_t>(bin.index - series.first.index)];
    if (point.coverage < min_coverage || !usable(point.value)) continue;
    sum += point.value;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

// The most that one of the country's counts lost in the two windows after `time`.
double lossAt(const PlaceOutcome& country, Time time, Seconds window, float min_coverage) {
  double lost = 0;
  for (const series::Series& series : country.counts) {
    const auto before = meanOf(series, time - 2 * window, time, min_coverage);
    const auto after = meanOf(series, time, time + 2 * window, min_coverage);
    if (before && after) lost = std::max(lost, *before - *after);
  }
  return lost;
}

void joinMembers(Cluster& cluster) {
  std::vector<Cluster::Member> joined;
  for (Cluster::Member& member : cluster.members) {
    const auto known = std::find_if(joined.begin(), joined.end(),
                                    [&](const Cluster::Member& one) { return one.part == member.part; });
    if (known == joined.end()) {
      joined.push_back(std::move(member));
    } else {
      known->fall.add(member.fall);
    }
  }
  cluster.members = std::move(joined);
}

}  // namespace

std::vector<Cluster> takeClusters(std::vector<LonePart>& parts, const PlaceOutcome& country,
                                  const std::function<double(Time)>& mobile_size,
                                  const JoiningParameters& parameters, float min_coverage) {
  std::vector<Candidate> candidates;
  for (size_t part = 0; part < parts.size(); ++part) {
    for (size_t fall = 0; fall < parts[part].falls.size(); ++fall) {
      candidates.push_back({parts[part].falls[fall].first(), part, fall});
    }
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.first, a.part, a.fall) < std::tie(b.first, b.part, b.fall);
  });
  std::vector<Cluster> clusters;
  for (size_t begin = 0; begin < candidates.size();) {
    const Time first = candidates[begin].first;
    size_t end = begin;
    std::set<size_t> networks;
    Weight weight;
    for (; end < candidates.size() && candidates[end].first - first <= parameters.cluster_window; ++end) {
      const LonePart& part = parts[candidates[end].part];
      const Weight one = weightOf(part.falls[candidates[end].fall], part.access);
      networks.insert(candidates[end].part);
      weight.all += one.all;
      weight.mobile += one.mobile;
      weight.counted = weight.counted && one.counted;
    }
    const double country_size = country.sizeAt(first, min_coverage).value_or(0);
    const double mobile = mobile_size(first);
    const bool large = (country_size > 0 && weight.all >= parameters.cluster_share * country_size) ||
                       (mobile > 0 && weight.mobile >= parameters.cluster_mobile_share * mobile);
    const bool alike =
        !weight.counted || weight.all >= parameters.cluster_of_loss *
                                             lossAt(country, first, parameters.cluster_window, min_coverage);
    if (networks.size() < parameters.cluster_networks || !large || !alike) {
      ++begin;
      continue;
    }
    Cluster& cluster = clusters.emplace_back();
    for (; begin < end; ++begin) {
      PlaceFall& fall = parts[candidates[begin].part].falls[candidates[begin].fall];
      cluster.whole.add(fall);
      cluster.members.push_back({candidates[begin].part, std::exchange(fall, {})});
    }
  }
  for (LonePart& part : parts) {
    std::erase_if(part.falls, [](const PlaceFall& fall) { return fall.empty(); });
  }
  return clusters;
}

std::vector<Cluster> joinRecurring(std::vector<Cluster> clusters, Time until,
                                   const JoiningParameters& parameters) {
  std::vector<Hours> hours;
  hours.reserve(clusters.size());
  for (const Cluster& cluster : clusters) hours.push_back(hoursOf(cluster.whole, until));
  for (const RecurringFalls& recurring : findRecurring(hours, parameters)) {
    Cluster& first = clusters[recurring.members.front()];
    first.whole.hours = recurring.hours;
    first.whole.occurrences.push_back(first.whole.first());
    for (const size_t member : std::span(recurring.members).subspan(1)) {
      Cluster& other = clusters[member];
      first.whole.occurrences.push_back(other.whole.first());
      first.whole.add(other.whole);
      std::move(other.members.begin(), other.members.end(), std::back_inserter(first.members));
      other.members.clear();
    }
  }
  std::erase_if(clusters, [](const Cluster& cluster) { return cluster.members.empty(); });
  for (Cluster& cluster : clusters) joinMembers(cluster);
  return clusters;
}

}  // namespace nightjar::detect
