// Mounts that one process alone sees.
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace gpu_sweep::test {

/// What a child process ends with where it was refused.
inline constexpr int kNoMount = 77;

/// From now on this process alone sees what it mounts. False where the user may not. In a child process only.
inline bool make_mounts_private() {
  const int spaces = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
  return ::unshare(spaces) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

}  // namespace gpu_sweep::test
