// The memory and the threads that this process may still use, given its own limits and those of its control
// groups.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace gpu_sweep {

struct MemoryRoom {
  std::uint64_t bytes = UINT64_MAX;  ///< how much can still be allocated
  std::string limit;                 ///< which limit applies, in words; empty: only the machine's memory
};

/// Returns the memory left under the tightest limit. Limits are the memory of the machine, that of the
/// address space (ulimit -v), and that of each control group.
MemoryRoom host_memory_room();

/// Returns how much memory the control groups of a process still allow it. `membership` is the process's
/// /proc/self/cgroup, and `root` is the directory in which the hierarchies are mounted. File pages that can
/// be reclaimed count as free. Without groups or limits, `bytes` is UINT64_MAX.
MemoryRoom control_group_room(const std::filesystem::path& membership, const std::filesystem::path& root);

/// Returns the limits that may prevent the start of a thread: those on threads, and the one on the address
/// space, where each thread needs a stack. An example is "; limits: 3 processes and threads per user (ulimit
/// -u), 100 threads of the control group (/sys/fs/cgroup/pids.max)". Returns "" if no limit is set.
std::string thread_limits();

}  // namespace gpu_sweep
