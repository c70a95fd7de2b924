// What happens: [[event]], each kind with the keys that it has.
#pragma once

#include "episode/facts.h"
#include "episode/table_reader.h"

namespace nightjar::episode {

// One event, or as many as its `repeat` says.
void readEvents(TableReader& reader, std::vector<Event>& events);

}  // namespace nightjar::episode
