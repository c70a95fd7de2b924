#include "alerts/outage.h"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "series/signal_traits.h"

namespace nightjar::alerts {
namespace {

using Value = rapidjson::Value;

const Value* member(const Value& value, const char* field) {
  if (!value.IsObject()) return nullptr;
  const auto found = value.FindMember(field);
  return found == value.MemberEnd() ? nullptr : &found->value;
}

// One line: names are other people's, and end in headers and chats.
std::string textOf(const Value& value, const char* field) {
  const Value* found = member(value, field);
  if (found == nullptr || !found->IsString()) return {};
  std::string text(found->GetString(), found->GetStringLength());
  std::replace_if(
      text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }, ' ');
  return text;
}

std::optional<double> numberOf(const Value& value, const char* field) {
  const Value* found = member(value, field);
  if (found == nullptr || !found->IsNumber()) return std::nullopt;
  return found->GetDouble();
}

std::optional<Time> timeOf(const Value& value, const char* field) {
  const auto time = parseTime(textOf(value, field));
  return time ? std::optional(*time) : std::nullopt;
}

// Calls `use` with each object of an array.
template <typename Use>
void each(const Value& value, const char* field, Use use) {
  const Value* found = member(value, field);
  if (found == nullptr || !found->IsArray()) return;
  for (const Value& element : found->GetArray()) use(element);
}

Fall fallOf(const Value& value, Entity entity, Time onset) {
  return {std::move(entity),     textOf(value, "name"),
          textOf(value, "kind"), timeOf(value, "onset").value_or(onset),
          timeOf(value, "end"),  std::clamp(numberOf(value, "depth").value_or(0), 0.0, 1.0)};
}

// How much of the speaking signal was gone in `phase`: by its health, of which less is worse.
std::optional<double> depthIn(const Value& phase, const Value& document) {
  std::optional<double> depth;
  each(document, "signals", [&](const Value& signal) {
    const auto baseline = numberOf(signal, "baseline");
    const std::string name = textOf(signal, "signal");
    if (depth || !baseline) return;
    const Value* levels = member(phase, "levels");
    const auto value = levels == nullptr ? std::nullopt : numberOf(*levels, name.c_str());
    const series::SignalTraits traits = series::traitsOf(name);
    const double ordinary = traits.health(*baseline);
    if (value && ordinary > 0) depth = std::clamp(1 - traits.health(*value) / ordinary, 0.0, 1.0);
  });
  return depth;
}

void readPhases(const Value& document, Outage& outage) {
  const Value* last = nullptr;
  each(document, "phases", [&last](const Value& phase) { last = &phase; });
  outage.depth_now = outage.whole.depth;
  if (last == nullptr) return;
  const std::string phase = textOf(*last, "phase");
  outage.returning = phase == "return" || phase == "recovery";
  if (outage.returning) outage.depth_now = depthIn(*last, document);
}

}  // namespace

std::string Fall::label() const {
  return name.empty() ? entity.code() : fmt::format("{} ({})", name, entity.code());
}

Seconds Outage::duration() const {
  return std::chrono::floor<Seconds>(std::max(whole.end.value_or(judged_until), whole.onset) - whole.onset);
}

Result<Outage> readOutage(const series::StoredIncident& stored) {
  rapidjson::Document document;
  // Iterative: a document of a million brackets must not use up the stack.
  document.Parse<rapidjson::kParseIterativeFlag>(stored.json.c_str(), stored.json.size());
  if (document.HasParseError() || !document.IsObject()) {
    return fail(ErrorKind::kInvalid, fmt::format("the document of incident {} cannot be read", stored.id));
  }
  Outage outage{.id = stored.id,
                .revision = stored.revision,
                .whole = fallOf(document, stored.entity, stored.onset),
                .judged_until = timeOf(document, "judged_until").value_or(stored.onset)};
  outage.whole.onset = stored.onset;
  outage.whole.end = stored.end;
  const std::string state = textOf(document, "state");
  outage.gone = state == "retracted" || state == "joined";
  outage.joined_into = textOf(document, "joined_into");
  outage.confidence = numberOf(document, "confidence");
  outage.simulation = textOf(document, "simulation");
  readPhases(document, outage);
  each(document, "children", [&](const Value& child) {
    auto entity = Entity::parse(textOf(child, "entity"));
    if (entity) outage.children.push_back(fallOf(child, *std::move(entity), stored.onset));
  });
  return outage;
}

}  // namespace nightjar::alerts
