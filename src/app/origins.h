// Which network originates which space, as routes tell it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "probing/targets/origin_map.h"
#include "routing/view/route_table.h"

namespace nightjar::app {

// Of each prefix the origin that most peers announce; of a prefix that is withdrawn, one that was
// visible.
targets::Origins originsOf(view::RouteTable& table);

// The same from archives of routes (RIB dumps; updates are applied too). Fails with kIo when there are none;
// troubles of single files are told.
Result<targets::Origins> readOrigins(const std::vector<std::string>& paths);

}  // namespace nightjar::app
