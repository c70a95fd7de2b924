// Who collects routes: [[collector]] and its [[collector.peer]].
#pragma once

#include "episode/facts.h"
#include "episode/table_reader.h"

namespace nightjar::episode {

Collector readCollector(TableReader& reader);

}  // namespace nightjar::episode
