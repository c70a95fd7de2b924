#include "probing/link/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "probing/link/system_error.h"

namespace nightjar::link {

namespace {

constexpr uid_t kNobody = 65534;

// A user's or group's number from the environment; 0 when there is none.
uid_t numberIn(const char* variable) {
  const char* text = std::getenv(variable);
  const std::string_view digits = text == nullptr ? "" : text;
  uid_t number = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
  return error == std::errc() && end == digits.end() ? number : 0;
}

// Two words of 32 bits each, as version 3 of the call has it.
using CapabilitySets = std::array<__user_cap_data_struct, 2>;

bool callCapset(CapabilitySets& sets) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  return syscall(SYS_capset, &header, sets.data()) == 0;
}

bool holdsNoCapability() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  CapabilitySets sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0) return false;
  for (const auto& set : sets) {
    if ((set.effective | set.permitted | set.inheritable) != 0) return false;
  }
  return true;
}

bool become(Identity identity) {
  if (setgroups(0, nullptr) == 0 && setresgid(identity.group, identity.group, identity.group) == 0 &&
      setresuid(identity.user, identity.user, identity.user) == 0)
    return true;
  // EINVAL: the user namespace does not know this user; EPERM from setgroups: it forbids other groups.
  return errno == EINVAL || errno == EPERM;
}

}  // namespace

Identity unprivilegedIdentity() {
  const uid_t user = numberIn("SUDO_UID");
  const gid_t group = numberIn("SUDO_GID");
  if (user != 0 && group != 0) return {user, group};
  return {kNobody, kNobody};
}

Result<void> dropPrivileges(Identity identity) {
  // Only a process that may set capabilities can lower the bound of what programs it starts may get; for all
  // others no_new_privs does it alone.
  for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  if (geteuid() == 0 && !become(identity)) return failSystem("cannot become an unprivileged user");
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  CapabilitySets none{};
  if (!callCapset(none) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !holdsNoCapability())
    return failSystem("cannot drop capabilities");
  return {};
}

}  // namespace nightjar::link
