// The memory and threads that this process may use under its own limits and those of its control groups.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace gpu_sweep {

struct MemoryRoom {
  std::uint64_t bytes = UINT64_MAX;  ///< that can still be allocated
  std::string limit;                 ///< the limit in words; empty: the machine itself
};

/// Returns the memory left under the tightest limit: that of the machine, of the address space (ulimit -v) or
/// of a control group.
MemoryRoom host_memory_room();

/// Returns how much memory a process's control groups still allow it. `membership` is the process's
/// /proc/self/cgroup, `root` the directory where the hierarchies are mounted. Reclaimable file pages count as
/// free. Without groups or limits, the result is unbounded.
MemoryRoom control_group_room(const std::filesystem::path& membership, const std::filesystem::path& root);

/// Returns the limits that are set, such as "; limits: 3 processes and threads per user (ulimit -u), 100
/// threads of the control group (/sys/fs/cgroup/pids.max)", or "" if none is.
std::string thread_limits();

}  // namespace gpu_sweep
