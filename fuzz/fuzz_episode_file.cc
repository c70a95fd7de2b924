// Any text as an episode file: facts or an error with a message, and what is accepted has a world.
#include <cstdlib>

#include "episode/facts.h"
#include "episode/world.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace nightjar::episode;
  const auto facts = parseFacts({reinterpret_cast<const char*>(data), size});
  if (!facts) {
    if (facts.error().message.empty()) std::abort();
    return 0;
  }
  const auto world = World::build(*facts);
  if (world && world->nodes().size() < facts->networks.size()) std::abort();
  return 0;
}
