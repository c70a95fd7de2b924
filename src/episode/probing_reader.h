// What is probed and by whom: [[hosts]] and [prober].
#pragma once

#include "episode/facts.h"
#include "episode/table_reader.h"

namespace nightjar::episode {

Hosts readHosts(TableReader& reader);
Prober readProber(TableReader& reader);

}  // namespace nightjar::episode
