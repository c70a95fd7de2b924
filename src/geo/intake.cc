#include "geo/intake.h"

#include <fmt/format.h>

#include <utility>

#include "base/printable.h"
#include "geo/countries.h"
#include "geo/text_lines.h"

namespace nightjar::geo {
namespace {

std::optional<size_t> letterPair(std::string_view code) {
  const auto letter = [](char c) { return static_cast<unsigned>(c) - 'A'; };
  if (code.size() != 2 || letter(code[0]) >= 26 || letter(code[1]) >= 26) return std::nullopt;
  return letter(code[0]) * size_t{26} + letter(code[1]);
}

template <class T>
Result<T> located(Result<T> result, uint64_t offset, uint32_t line) {
  if (result) return result;
  Error& error = result.error();
  if (line != 0) error.message = fmt::format("line {}: {}", line, error.message);
  error.offset = offset;
  return result;
}

}  // namespace

std::string Finding::describe() const {
  std::string text = where + ": ";
  if (offset) text += fmt::format("byte {}: ", *offset);
  if (line != 0) text += fmt::format("line {}: ", line);
  text += what;
  if (count > 1) text += fmt::format(" ({} times)", count);
  return text;
}

Result<PlaceId> Intake::place(std::string_view country, std::string_view region, uint64_t offset,
                              uint32_t line) {
  const auto pair = letterPair(country);
  if (!region.empty() || !pair) return lookUp(country, region, offset, line);
  std::optional<PlaceId>& known = countries_[*pair];
  if (known) return *known;
  const auto id = lookUp(country, region, offset, line);
  if (id && id->known()) known = *id;
  return id;
}

Result<PlaceId> Intake::lookUp(std::string_view country, std::string_view region, uint64_t offset,
                               uint32_t line) {
  const auto code = readCountryCode(country);
  if (!code) {
    report(fmt::format("{} is not a country: its space is unknown", quote(country)), offset, line);
    return kUnknownPlace;
  }
  if (code->empty()) return kUnknownPlace;
  if (!region.empty() && !isRegionOf(*code, region)) {
    report(fmt::format("{} is not a region of {}: its space is in {} alone", quote(region), *code, *code),
           offset, line);
    region = {};
  }
  return located(builder_.place(*code, region), offset, line);
}

Result<void> Intake::add(const Address& first, const Address& last, PlaceId place, uint64_t offset,
                         uint32_t line) {
  return located(builder_.add(first, last, place, {offset, line, source_}), offset, line);
}

Result<void> Intake::add(const Prefix& prefix, PlaceId place, uint64_t offset, uint32_t line) {
  return located(builder_.add(prefix, place, {offset, line, source_}), offset, line);
}

void Intake::report(std::string what, uint64_t offset, uint32_t line) {
  auto known = findings_.find(what);
  if (known == findings_.end() && findings_.size() >= kMaxFindings) {
    what = "further codes that are not known";
    known = findings_.find(what);
  }
  if (known != findings_.end()) {
    ++known->second.count;
  } else {
    findings_.emplace(what, Finding{what, where_, offset, line});
  }
}

std::vector<Finding> Intake::takeFindings() {
  std::vector<Finding> findings;
  findings.reserve(findings_.size());
  for (auto& [what, finding] : findings_) findings.push_back(std::move(finding));
  findings_.clear();
  return findings;
}

}  // namespace nightjar::geo
