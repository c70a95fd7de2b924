// nightjar mrt: prints route archives.
#pragma once

namespace nightjar::app {

int mrtCommand(int argc, char** argv);

}  // namespace nightjar::app
