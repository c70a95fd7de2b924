// nightjar report: an incident's evidence as a signed folder.
#pragma once

namespace nightjar::app {

int reportCommand(int argc, char** argv);

}  // namespace nightjar::app
