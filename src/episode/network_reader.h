// Networks, those that exist and the made-up ones: [[network]] and [[group]].
#pragma once

#include "episode/facts.h"
#include "episode/table_reader.h"

namespace nightjar::episode {

Network readNetwork(TableReader& reader);
Group readGroup(TableReader& reader);

}  // namespace nightjar::episode
