// What the last judgement said of a store's series besides incidents.
#pragma once

#include <map>
#include <span>
#include <utility>

#include "base/entity.h"
#include "base/time.h"
#include "series/store.h"

namespace nightjar::serve {

class Judgement {
 public:
  // From the notes of kind "judgement" (docs/store.md). What is no such note is passed over.
  static Judgement of(std::span<const series::Note> notes);

  // Whether a series was low from its first bin on, at that time still, so that it may have been dark already
  // (detect/rule/beginning.h).
  bool mayHaveBeenDark(const series::SeriesKey& key, Time at) const;

 private:
  std::map<series::SeriesKey, std::pair<Time, Time>> low_;  // from, until
};

}  // namespace nightjar::serve
