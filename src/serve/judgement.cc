#include "serve/judgement.h"

#include "serve/json_fields.h"

namespace nightjar::serve {

Judgement Judgement::of(std::span<const series::Note> notes) {
  Judgement judgement;
  for (const series::Note& note : notes) {
    if (note.kind != "judgement") continue;
    rapidjson::Document document;
    document.Parse(note.json.c_str(), note.json.size());
    if (!document.IsObject()) continue;
    forEachIn(document, "cannot_tell", [&](const rapidjson::Value& one) {
      const auto from = timeOf(one, "from");
      const auto until = timeOf(one, "until");
      const rapidjson::Value* entities = find(one, "entities");
      if (!from || !until || entities == nullptr || !entities->IsArray()) return;
      for (const rapidjson::Value& code : entities->GetArray()) {
        const auto entity = code.IsString() ? Entity::parse(code.GetString()) : std::unexpected(Error{});
        if (entity) judgement.low_[{textOf(one, "signal"), *entity}] = {*from, *until};
      }
    });
  }
  return judgement;
}

bool Judgement::mayHaveBeenDark(const series::SeriesKey& key, Time at) const {
  const auto low = low_.find(key);
  return low != low_.end() && low->second.first <= at && at < low->second.second;
}

}  // namespace nightjar::serve
