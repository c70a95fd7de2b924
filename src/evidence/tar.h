// A folder's files as one archive that every system opens (ustar, POSIX.1-1988).
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace nightjar::evidence {

// Writes the files of `folder` (not of folders in it), in the order of their names, as PREFIX/NAME to the
// file `path`. The same files give the same bytes. Fails with kIo; with kLimit for a name of more than 100
// bytes or a file of 8 GiB.
Result<void> writeTar(const std::string& folder, const std::string& prefix, Time modified,
                      const std::string& path);

}  // namespace nightjar::evidence
