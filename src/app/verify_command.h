// nightjar verify: checks such a folder.
#pragma once

namespace nightjar::app {

int verifyCommand(int argc, char** argv);

}  // namespace nightjar::app
