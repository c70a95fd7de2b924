// nightjar series: the numbers behind a judgement.
#pragma once

namespace nightjar::app {

int seriesCommand(int argc, char** argv);

}  // namespace nightjar::app
