// The block engine's state in a file, so that a restarted prober goes on where it was.
#pragma once

#include <string>

#include "base/result.h"
#include "probing/blocks/engine.h"

namespace nightjar::probe_log {

// Replaces the file as a whole: killed at any moment, the old one or the new one is there. Fails with kIo.
Result<void> saveState(const blocks::Engine& engine, const std::string& path);

// Loads all of it, or (on failure) leaves the engine as it was. Fails with kIo, kInvalid, kTruncated,
// kUnsupported.
Result<void> loadState(blocks::Engine& engine, const std::string& path);

}  // namespace nightjar::probe_log
