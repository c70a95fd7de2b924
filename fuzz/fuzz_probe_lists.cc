// The readers of target and opt-out lists: whatever the bytes are, rows that hold together and findings that
// tell where.
#include <cstdlib>
#include <string_view>

#include "probing/targets/exclusions.h"
#include "probing/targets/list_reader.h"

namespace {

using namespace nightjar;  // NOLINT(google-build-using-namespace)

void require(bool condition) {
  if (!condition) std::abort();
}

void checkFindings(const targets::Findings& findings, size_t size) {
  require(findings.told.size() <= findings.count);
  require(findings.told.size() <= targets::Findings::kTold);
  for (const Error& error : findings.told) {
    require(error.where == "input" && error.offset.has_value() && *error.offset < size);
    require(!error.message.empty() && error.message.size() < 300);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  targets::TargetList list;
  require(targets::readTargets(text, "input", list).has_value());
  checkFindings(list.findings, size);
  for (const Prefix& prefix : list.prefixes) {
    require(prefix.address.family == Family::kIpv4 && prefix.length <= 24);
  }
  for (const auto& [block, history] : list.histories) {
    require(block < 1U << 24 && history.active.any());
    require(history.availability() >= 0 && history.availability() <= 1.0001);
  }
  const auto optOut = targets::readOptOut(text, "input");
  require(optOut.has_value());
  checkFindings(optOut->findings, size);
  const targets::Exclusions exclusions(optOut->prefixes);
  for (const Prefix& prefix : optOut->prefixes) {
    require(exclusions.of(prefix) != targets::Exclusion::kNone);
    require(exclusions.of(prefix.address) != targets::Exclusion::kNone);
  }
  return 0;
}
