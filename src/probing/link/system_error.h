// What the operating system said, as an Error.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>

#include "base/result.h"

namespace nightjar::link {

// The error for a raw or packet socket that the system does not give.
inline std::unexpected<Error> failSocket(const char* what) {
  if (errno == EPERM || errno == EACCES)
    return fail(ErrorKind::kIo, "needs CAP_NET_RAW: run as root, or: setcap cap_net_raw+ep build/nightjar");
  return fail(ErrorKind::kIo, std::string(what) + ": " + std::strerror(errno));
}
inline std::unexpected<Error> failSystem(const char* what) {
  return fail(ErrorKind::kIo, std::string(what) + ": " + std::strerror(errno));
}

}  // namespace nightjar::link
