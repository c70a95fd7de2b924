// Gives up every right that the open sockets no longer need.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace nightjar::link {

struct Identity {
  uid_t user;
  gid_t group;
};

// Who called sudo (SUDO_UID, SUDO_GID), or nobody (65534).
Identity unprivilegedIdentity();

// Becomes `identity` when running as root, drops all capabilities from every set, and makes sure that no
// program started later gets any (no_new_privs). From then on only what is open already, and what `identity`
// may open, can be used. In a user namespace that does not map `identity` the user stays, without
// capabilities. REQUIRES: this process has one thread (capabilities belong to threads).
Result<void> dropPrivileges(Identity identity = unprivilegedIdentity());

}  // namespace nightjar::link
