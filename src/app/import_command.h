// nightjar import: other people's series.
#pragma once

namespace nightjar::app {

int importCommand(int argc, char** argv);

}  // namespace nightjar::app
