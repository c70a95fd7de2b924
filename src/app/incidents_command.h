// nightjar incidents: what a store keeps of earlier judgements.
#pragma once

namespace nightjar::app {

int incidentsCommand(int argc, char** argv);

}  // namespace nightjar::app
