#include "detect/rule.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "detect/ioda_rule.h"
#include "detect/nightjar_rule.h"

namespace nightjar::detect {
namespace {

constexpr std::string_view kNames[] = {"nightjar", "ioda"};

}  // namespace

std::span<const std::string_view> ruleNames() {
  return kNames;
}

Result<std::unique_ptr<Rule>> makeRule(std::string_view name, const Parameters& parameters) {
  if (name == "nightjar") return makeNightjarRule(parameters);
  if (name == "ioda") return makeIodaRule();
  return fail(ErrorKind::kUsage,
              fmt::format("no rule is called '{}'; there are: {}", name, fmt::join(kNames, ", ")));
}

}  // namespace nightjar::detect
