// Mounts that only a process and its children can see.
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace gpu_sweep::test {

/// Exit status of a child process that was not permitted to mount.
inline constexpr int kNoMount = 77;

/// Makes later mounts visible only to this process and its children. Returns false if this is not permitted.
/// Must be called only in a child process.
inline bool make_mounts_private() {
  const int spaces = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
  return ::unshare(spaces) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

}  // namespace gpu_sweep::test
