#include "imports/intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/printable.h"
#include "imports/csv_reader.h"

namespace nightjar::imports {

Result<std::optional<double>> readNumber(std::string_view text) {
  if (text.empty() || text == "null" || text == "NA" || text == "N/A") return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
  if (error == std::errc() && rest.empty()) {
    if (!std::isfinite(value)) {
      return fail(ErrorKind::kInvalid, fmt::format("the value {} is no finite number", quote(text)));
    }
    return value;
  }
  if (error == std::errc() && std::isfinite(value) && (rest == "%" || rest == " %")) return value / 100;
  if (error == std::errc() && rest.starts_with(',')) {
    return fail(ErrorKind::kInvalid, fmt::format("the value {} has a decimal comma", quote(text)));
  }
  return fail(ErrorKind::kInvalid, fmt::format("the value {} is no number", quote(text)));
}

std::string_view nameOf(Timing timing) {
  switch (timing) {
    case Timing::kRegular:
      return "regular";
    case Timing::kChanging:
      return "changing";
    case Timing::kOffGrid:
      return "off-grid";
    case Timing::kIrregular:
      return "irregular";
  }
  return "";
}

Seconds ReadSeries::longestStep() const {
  Seconds longest = step;
  for (const Part& part : parts) longest = std::max(longest, part.step);
  return longest;
}

void Intake::begin(std::string file) {
  files_.emplace_back();
  files_.back().name = std::move(file);
}

size_t Intake::seriesOf(const series::SeriesKey& key, std::string_view name) {
  const auto [at, fresh] = index_.try_emplace(key, series_.size());
  if (fresh) series_.push_back({.key = key, .name = std::string(name)});
  if (series_.size() > kMostSeries) full_ = true;
  return at->second;
}

void Intake::take(size_t series, Time time, double value, uint32_t place, float coverage) {
  ReadSeries& into = series_[series];
  const auto what = [&into] { return fmt::format("{} of {}", into.key.signal, into.key.entity.code()); };
  if (!std::isfinite(value)) return drop(place, what() + " is no finite number");
  if (value > kLargest) return drop(place, fmt::format("{} is too large: {}", what(), value));
  if (value < 0) return drop(place, fmt::format("{} is negative: {}", what(), value));
  if (full_ || readings_ == kMostReadings) {
    full_ = true;
    return;
  }
  const auto file = static_cast<uint32_t>(files_.size() - 1);
  if (!into.readings.empty()) {
    const Reading& last = into.readings.back();
    if (last.file == file && time < last.time && unsortedIn_ != file) {
      unsortedIn_ = file;
      note(place, fmt::format("times run backwards, {} after {}: they are put in order", formatTime(time),
                              formatTime(last.time)));
    }
  }
  ++readings_;
  into.readings.push_back({time, value, coverage, place, file});
  ReadFile& from = files_.back();
  from.from = from.from ? std::min(*from.from, time) : time;
  from.until = from.until ? std::max(*from.until, time) : time;
}

void Intake::take(Judgement judgement) {
  if (judgements_.size() == kMostJudgements) {
    full_ = true;
    return;
  }
  ReadFile& from = files_.back();
  from.from = from.from ? std::min(*from.from, judgement.onset) : judgement.onset;
  from.until = std::max(from.until.value_or(judgement.onset), judgement.end.value_or(judgement.onset));
  judgements_.push_back(std::move(judgement));
}

}  // namespace nightjar::imports
