// One incident for people: sentences, its course, and who fell.
#pragma once

#include <string>

#include "detect/incident/incident.h"
#include "detect/print/page.h"

namespace nightjar::detect {

// "Egypt (EG)"
std::string placeName(const Entity& entity, const std::string& name);

// What happened, in one clause.
std::string headlineOf(const Incident& incident);

// `max_networks` are named of each kind of networks; the others are counted.
void tell(Page& page, const Incident& incident, size_t max_networks);

}  // namespace nightjar::detect
