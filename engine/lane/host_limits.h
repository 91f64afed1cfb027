// What this process may take of its machine: memory and threads, by its own limits and its control group's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace gpu_sweep {

struct MemoryRoom {
  std::uint64_t bytes = UINT64_MAX;  ///< that can still be taken
  std::string limit;                 ///< what limits it, in words; empty: the machine
};

/// The least of what the machine, the process's address space (ulimit -v) and its control groups leave.
MemoryRoom host_memory_room();

/// What the control groups of a process leave: `membership` is its /proc/self/cgroup, `root` where the
/// hierarchies are mounted. Pages of files that can be given back count as free. Without groups or limits,
/// all.
MemoryRoom control_group_room(const std::filesystem::path& membership, const std::filesystem::path& root);

/// "; limits: 3 processes of a user (ulimit -u), 100 threads of the control group", what of these there is.
std::string thread_limits();

}  // namespace gpu_sweep
