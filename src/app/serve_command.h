// nightjar serve: a store as a web page, an API and feeds.
#pragma once

namespace nightjar::app {

int serveCommand(int argc, char** argv);

}  // namespace nightjar::app
