#include "detect/rule/rule.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "detect/rule/chocolatine_rule.h"
#include "detect/rule/ioda_rule.h"
#include "detect/rule/nightjar_rule.h"
#include "detect/rule/richter_rule.h"
#include "detect/rule/sigma_rule.h"

namespace nightjar::detect {
namespace {

struct Row {
  std::string_view name;
  std::unique_ptr<Rule> (*make)(const Parameters&);
};

constexpr Row kRules[] = {{"nightjar", makeNightjarRule},
                          {"ioda", makeIodaRule},
                          {"chocolatine", makeChocolatineRule},
                          {"richter", makeRichterRule},
                          {"sigma", makeSigmaRule}};

constexpr auto kNames = [] {
  std::array<std::string_view, std::size(kRules)> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = kRules[i].name;
  return names;
}();

}  // namespace

std::span<const std::string_view> ruleNames() {
  return kNames;
}

Result<std::unique_ptr<Rule>> makeRule(std::string_view name, const Parameters& parameters) {
  for (const Row& row : kRules) {
    if (name == row.name) return row.make(parameters);
  }
  return fail(ErrorKind::kUsage,
              fmt::format("no rule is called '{}'; there are: {}", name, fmt::join(kNames, ", ")));
}

}  // namespace nightjar::detect
