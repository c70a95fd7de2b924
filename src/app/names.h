// What people call an entity.
#pragma once

#include <string>

#include "base/entity.h"

namespace nightjar::app {

// "Egypt" for EG; empty when nobody knows.
std::string nameOf(const Entity& entity);

}  // namespace nightjar::app
