// nightjar replay: route archives in, series and incidents out.
#pragma once

namespace nightjar::app {

int replayCommand(int argc, char** argv);

}  // namespace nightjar::app
