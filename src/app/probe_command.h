// nightjar probe: is anybody there?
#pragma once

namespace nightjar::app {

int probeCommand(int argc, char** argv);

}  // namespace nightjar::app
