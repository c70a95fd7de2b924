// Judgements of others as documents: what they said, and that it was they who said it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "imports/intake.h"

namespace nightjar::imports {

struct JudgementWords {
  std::string rule;  // who judged: "ioda-events"
  Entity entity;
  Time onset;
  std::optional<Time> end;                                 // absent: nobody said that it ended
  std::string name;                                        // of the place; may be empty
  std::vector<std::pair<std::string, std::string>> words;  // what else they said, field by field
  std::vector<std::pair<std::string, double>> numbers;
};

// The id is made of the rule, the place, the first word and the onset, so that the same judgement is the same
// one in every file.
Judgement judgementOf(const JudgementWords& words);

}  // namespace nightjar::imports
