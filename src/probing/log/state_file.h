// The block engine's state in a file, so that a restarted prober goes on where it was.
#pragma once

#include <string>

#include "base/result.h"
#include "probing/blocks/engine.h"

namespace nightjar::probe_log {

// Replaces the file as a whole: killed at any moment, the old one or the new one is there. Fails with kIo.
Result<void> saveState(const blocks::Engine& engine, const std::string& path);

// Loads the state of the blocks that the engine has (or of all), or (on failure) leaves it as it was. Fails
// with kIo, kInvalid, kTruncated, kUnsupported.
Result<void> loadState(blocks::Engine& engine, const std::string& path,
                       blocks::Engine::Intake intake = blocks::Engine::Intake::kKnown);

}  // namespace nightjar::probe_log
