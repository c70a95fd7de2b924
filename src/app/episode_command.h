// `nightjar episode`: route archives from a file of facts.
#pragma once

namespace nightjar::app {

int episodeCommand(int argc, char** argv);

}  // namespace nightjar::app
