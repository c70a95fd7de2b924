// Tables for people, JSON for programs, plots for both.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "curve.h"
#include "logistic.h"
#include "real_sets.h"
#include "runner.h"

namespace nightjar::bench {

void printTallies(const std::string& rule, const Tallies& tallies);
void printRealScores(const std::vector<RealScore>& scores);
void printTargets(const std::string& title, const std::vector<Target>& targets);

// A rule's curve in one class of events, by the name of the class.
using Curves = std::map<std::string, std::map<std::string, std::vector<CurvePoint>>>;  // class, rule

// Everything below goes into `folder`, which is made if need be. False where it cannot be written.
bool writeTallies(const std::string& folder, const std::map<std::string, Tallies>& by_rule);
bool writeCurves(const std::string& folder, const Curves& curves);
bool writeRealScores(const std::string& folder, const std::vector<RealScore>& scores);
bool writeReliability(const std::string& folder, const std::map<std::string, Reliability>& by_name);
bool writeTargets(const std::string& folder, const std::vector<Target>& targets);
// PNGs, drawn with gnuplot; their data and scripts stay beside them. False where gnuplot fails or is missing.
bool plotCurves(const std::string& folder, const Curves& curves);
bool plotRealScores(const std::string& folder, const std::vector<RealScore>& scores);

// Runs gnuplot on a script that it writes to folder/NAME.gp first.
bool gnuplot(const std::string& folder, const std::string& name, const std::string& script);

}  // namespace nightjar::bench
