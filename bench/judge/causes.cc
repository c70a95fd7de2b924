#include "causes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <numeric>
#include <sstream>

#include "imports/curated_outages.h"

namespace nightjar::bench {
namespace {

using detect::Cause;
using detect::kCauses;
using imports::CuratedOutage;
using imports::OutageScope;
using Outages = std::vector<LabelledOutage>;

constexpr double kTrusts[] = {0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};

std::optional<Cause> causeOf(const std::string& label) {
  if (label == "Government-Ordered") return Cause::kOrdered;
  if (label == "Exams") return Cause::kExam;
  if (label == "Cable-Cut") return Cause::kCable;
  if (label == "Power-Outage") return Cause::kPower;
  if (label.empty() || label == "Unknown") return std::nullopt;
  return Cause::kTechnical;
}

EntityKind kindOf(OutageScope scope) {
  if (scope == OutageScope::kCountry) return EntityKind::kCountry;
  return scope == OutageScope::kRegion ? EntityKind::kRegion : EntityKind::kNetwork;
}

bool samePlace(const CuratedOutage& a, const CuratedOutage& b) {
  return a.country_name == b.country_name && a.scope == b.scope && a.region == b.region && a.asn == b.asn;
}

// Both ways around midnight.
Seconds clockDistance(Time a, Time b) {
  const Seconds day = std::chrono::hours(24);
  const Seconds apart = std::chrono::duration_cast<Seconds>(a > b ? a - b : b - a) % day;
  return std::min(apart, day - apart);
}

detect::CauseFeatures featuresOf(const CuratedOutage& one, const std::vector<CuratedOutage>& all) {
  detect::CauseFeatures features{.onset = one.begin, .scope = kindOf(one.scope)};
  features.open = !one.end;
  if (one.end) features.lasted = std::chrono::duration_cast<Seconds>(*one.end - one.begin);
  features.control = one.in_bgp;
  features.data = one.in_probing;
  features.traffic = one.in_telescope;
  size_t neighbours = 0, same_hour = 0;
  for (const CuratedOutage& other : all) {
    if (&other == &one) continue;
    const auto apart = std::chrono::abs(other.begin - one.begin);
    if (samePlace(one, other)) {
      const bool near =
          apart > std::chrono::hours(12) && apart <= std::chrono::hours(24 * detect::kRecurrenceDays + 1);
      if (near && clockDistance(other.begin, one.begin) <= detect::kSameHour) ++same_hour;
    } else if (other.country_name == one.country_name && other.scope != OutageScope::kCountry &&
               apart <= detect::kTogether) {
      ++neighbours;
    }
  }
  features.same_hour_days = same_hour;
  if (one.scope != OutageScope::kCountry) features.neighbours = neighbours;
  return features;
}

Outages where(const Outages& outages, const std::function<bool(int)>& year) {
  Outages chosen;
  std::copy_if(outages.begin(), outages.end(), std::back_inserter(chosen),
               [&](const LabelledOutage& one) { return year(one.year); });
  return chosen;
}

std::vector<int> yearsOf(const Outages& outages) {
  std::vector<int> years;
  for (const LabelledOutage& one : outages) years.push_back(one.year);
  std::sort(years.begin(), years.end());
  years.erase(std::unique(years.begin(), years.end()), years.end());
  return years;
}

double logLoss(const Outages& fit, const Outages& test, double trust) {
  const detect::CauseModel model = countCauses(fit, trust);
  double loss = 0;
  for (const LabelledOutage& one : test) {
    loss -= std::log(detect::causeProbabilities(model, one.features)[static_cast<size_t>(one.cause)]);
  }
  return loss;
}

// The one that loses least on each year when it is fitted to the others.
double bestTrust(const Outages& outages) {
  double best = 1, least = 1e300;
  for (const double trust : kTrusts) {
    double loss = 0;
    for (const int held : yearsOf(outages)) {
      loss += logLoss(where(outages, [&](int year) { return year != held; }),
                      where(outages, [&](int year) { return year == held; }), trust);
    }
    if (loss < least) {
      least = loss;
      best = trust;
    }
  }
  return best;
}

bool isShutdown(size_t cause) {
  return cause == static_cast<size_t>(Cause::kOrdered) || cause == static_cast<size_t>(Cause::kExam);
}

struct Verdicts {
  Confusion confusion{};
  size_t right = 0, commonest_right = 0, shutdown_right = 0, all = 0;
  size_t strong = 0, strong_right = 0;  // likelier than all other causes together
  double brier = 0;                     // of the true cause's probability

  void add(const Outages& fit, const Outages& test) {
    const detect::CauseModel model = countCauses(fit, bestTrust(fit));
    const auto commonest =
        std::max_element(model.outages.begin(), model.outages.end()) - model.outages.begin();
    for (const LabelledOutage& one : test) {
      const auto said = detect::causeProbabilities(model, one.features);
      const auto truth = static_cast<size_t>(one.cause);
      const auto likeliest = static_cast<size_t>(std::max_element(said.begin(), said.end()) - said.begin());
      ++confusion[truth][likeliest];
      ++all;
      if (likeliest == truth) ++right;
      if (said[likeliest] >= detect::kStrongHint) {
        ++strong;
        if (likeliest == truth) ++strong_right;
      }
      if (isShutdown(likeliest) == isShutdown(truth)) ++shutdown_right;
      if (static_cast<size_t>(commonest) == truth) ++commonest_right;
      for (size_t i = 0; i < kCauses; ++i) brier += std::pow(said[i] - (i == truth ? 1 : 0), 2);
    }
  }

  void print(const std::string& what) const {
    const auto percent = [&](size_t count) {
      return 100.0 * static_cast<double>(count) / static_cast<double>(all);
    };
    fmt::print(
        "{}: {} of {} right ({:.1f} %); always the commonest of the other years: {} ({:.1f} %); Brier score "
        "{:.3f}\n",
        what, right, all, percent(right), commonest_right, percent(commonest_right),
        brier / static_cast<double>(all));
    fmt::print("  strong hints: {} of {} right; others: {} of {}\n", strong_right, strong,
               right - strong_right, all - strong);
    size_t most = 0;
    for (const auto& row : confusion)
      most = std::max<size_t>(most, std::accumulate(row.begin(), row.end(), size_t{0}));
    fmt::print(
        "  the commonest of these very outages: {} ({:.1f} %); shutdown (ordered, exam) or not: {} right "
        "({:.1f} %)\n",
        most, percent(most), shutdown_right, percent(shutdown_right));
    fmt::print("  {:<16}", "true \\ said");
    for (const Cause cause : detect::allCauses()) fmt::print("{:>10}", detect::causeName(cause));
    fmt::print("\n");
    for (const Cause cause : detect::allCauses()) {
      fmt::print("  {:<16}", detect::causeName(cause));
      for (const size_t count : confusion[static_cast<size_t>(cause)]) fmt::print("{:>10}", count);
      fmt::print("\n");
    }
  }
};

void printShares(const Outages& outages) {
  size_t cut = 0, cut_marked = 0, cut_agreed = 0, other = 0, other_marked = 0, other_agreed = 0;
  for (const LabelledOutage& one : outages) {
    const auto buckets = detect::causeBuckets(one.features);
    const bool marked = *buckets[static_cast<size_t>(detect::CauseFeature::kMinute)] < 2;
    const bool agreed = buckets[static_cast<size_t>(detect::CauseFeature::kAgreement)] == 0U;
    const bool shutdown = one.cause == Cause::kOrdered || one.cause == Cause::kExam;
    (shutdown ? cut : other) += 1;
    (shutdown ? cut_marked : other_marked) += marked ? 1 : 0;
    (shutdown ? cut_agreed : other_agreed) += agreed ? 1 : 0;
  }
  fmt::print(
      "Shutdowns near the hour or half hour: {} of {}, in all signals: {}; other causes: {} and {} of {}\n"
      "  (published, SIGCOMM 2023: 84.8 % and 94.5 % of shutdowns; 39.5 % and 53.9 % of other outages)\n",
      cut_marked, cut, cut_agreed, other_marked, other_agreed, other);
}

bool writeHeader(const std::string& path, const detect::CauseModel& model) {
  std::ofstream out(path);
  out << R"(// Made by `build/bench_judge causes` from IODA's curated outages (github.com/InetIntel/internet_outages, 2018
// to 2022), those whose cause is known: do not edit.
#pragma once

#include "detect/incident/cause.h"

namespace nightjar::detect {

// Of each cause: outages, and for each feature how many of them lie in each of its buckets (cause.cc).
// clang-format off
inline constexpr CauseModel kCuratedCauses = {
)";
  const auto list = [](const auto& values) {
    std::string text;
    for (const double value : values) text += fmt::format("{}{}", text.empty() ? "" : ", ", value);
    return text;
  };
  out << fmt::format("    {{{}}},\n    {{{{\n", list(model.outages));
  for (const auto& feature : model.counts) {
    out << "        {{";
    for (const auto& cause : feature)
      out << fmt::format("{{{}}}{}", list(cause), &cause == &feature.back() ? "" : ", ");
    out << "}},\n";
  }
  out << fmt::format("    }}}},\n    {}}};\n// clang-format on\n\n}}  // namespace nightjar::detect\n",
                     model.trust);
  return static_cast<bool>(out);
}

}  // namespace

std::vector<LabelledOutage> readLabelledOutages(const std::string& folder) {
  std::ifstream in(folder + "/ioda-curated-outages-2018-2022.csv");
  std::ostringstream text;
  text << in.rdbuf();
  const auto read = imports::readCuratedOutages(text.str());
  if (!in || !read) return {};
  Outages outages;
  for (const CuratedOutage& one : read->outages) {
    const auto cause = causeOf(one.cause);
    if (!cause) continue;
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(one.begin));
    outages.push_back({featuresOf(one, read->outages), *cause, static_cast<int>(day.year())});
  }
  return outages;
}

detect::CauseModel countCauses(const std::vector<LabelledOutage>& outages, double trust) {
  detect::CauseModel model{.trust = trust};
  for (const LabelledOutage& one : outages) {
    const auto cause = static_cast<size_t>(one.cause);
    ++model.outages[cause];
    const auto buckets = detect::causeBuckets(one.features);
    for (size_t feature = 0; feature < buckets.size(); ++feature) {
      if (buckets[feature]) ++model.counts[feature][cause][*buckets[feature]];
    }
  }
  return model;
}

bool causes(const std::string& folder, const std::string& header) {
  const Outages outages = readLabelledOutages(folder);
  if (outages.empty()) {
    fmt::print("\nThe hint at the cause: skipped, ioda-curated-outages-2018-2022.csv is not here.\n");
    return false;
  }
  fmt::print("\nThe hint at the cause: {} curated outages whose cause is known.\n", outages.size());
  printShares(outages);
  Verdicts later, each;
  later.add(where(outages, [](int year) { return year <= 2020; }),
            where(outages, [](int year) { return year > 2020; }));
  later.print("Counted up to 2020, asked of 2021 and 2022");
  for (const int held : yearsOf(outages)) {
    each.add(where(outages, [&](int year) { return year != held; }),
             where(outages, [&](int year) { return year == held; }));
  }
  each.print("Each year by the others");
  return header.empty() || writeHeader(header, countCauses(outages, bestTrust(outages)));
}

}  // namespace nightjar::bench
