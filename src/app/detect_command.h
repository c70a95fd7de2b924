// nightjar detect: judges the series of a store anew.
#pragma once

namespace nightjar::app {

int detectCommand(int argc, char** argv);

}  // namespace nightjar::app
