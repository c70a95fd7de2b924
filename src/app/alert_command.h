// nightjar alert: tells people of incidents that begin, change and end.
#pragma once

namespace nightjar::app {

int alertCommand(int argc, char** argv);

}  // namespace nightjar::app
