// Fits the numbers of src/detect/incident/calibration.h, and tells what they are worth on what they have not
// seen.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "corpus.h"
#include "logistic.h"

namespace nightjar::bench {

// Thresholds as they are, and lower ones too, so that there are enough false alarms to learn from.
inline constexpr double kAsItIs[] = {1};
inline constexpr double kLowerToo[] = {0.5, 0.7, 1};

// Anomalies of the rule `nightjar` with its thresholds times each of `scales`, on every series of a corpus:
// at their end and as they stood at some bin before it.
std::vector<Example> anomalyExamples(const Corpus& corpus, std::span<const double> scales);
// Incidents of places with two or three signals; anomalies get their probability from `fit`.
std::vector<Example> incidentExamples(const Corpus& corpus, const Fit& fit, std::span<const double> scales);

// What is known of how true the probabilities are, on the corpus that it is given. Prints it and draws it to
// `out`. False where that cannot be written.
bool showReliability(const Corpus& corpus, const Fit& of_one, const Fit& of_all, const std::string& out);
// The same for the numbers of calibration.h; true at once where they are not those of the rule as it is.
bool showReliability(const Corpus& corpus, const std::string& out);

// Fits on the tuning part, prints what that is worth in five folds of it and on the test part, and writes
// `header`. False where something cannot be written.
bool calibrate(const std::string& folder, const CorpusOptions& options, const std::string& out,
               const std::string& header);

}  // namespace nightjar::bench
