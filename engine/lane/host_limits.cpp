#include "engine/lane/host_limits.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <vector>

namespace gpu_sweep {
namespace fs = std::filesystem;
namespace {

constexpr const char* kMembership = "/proc/self/cgroup";
constexpr const char* kGroups = "/sys/fs/cgroup";

/// Returns the number in a file, or nothing if the file is missing or says "max".
std::optional<std::uint64_t> number_in(const fs::path& file) {
  std::ifstream stream(file);
  std::uint64_t number = 0;
  if (stream >> number) return number;
  return std::nullopt;
}

/// Returns the number after `key` in a file of lines "key number ...", or 0 if there is none.
std::uint64_t number_of(const fs::path& file, const std::string& key) {
  std::ifstream stream(file);
  std::string word, rest;
  while (stream >> word) {
    std::uint64_t number = 0;
    if (word == key && stream >> number) return number;
    stream.clear();
    std::getline(stream, rest);
  }
  return 0;
}

/// Returns the directories of the process's control groups for `controller` ("memory" or "pids"), and of all
/// enclosing groups, because their limits apply to the process, too.
std::vector<fs::path> groups_of(const fs::path& membership, const fs::path& root,
                                const std::string& controller) {
  std::vector<fs::path> groups;
  std::ifstream stream(membership);
  for (std::string line; std::getline(stream, line);) {  // "0::/a/b" or "4:memory:/a/b"
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    if (controllers != ",," && controllers.find("," + controller + ",") == std::string::npos) continue;
    const fs::path base = controllers == ",," ? root : root / controller;
    fs::path group = fs::path(line.substr(second + 1)).relative_path();
    for (;; group = group.parent_path()) {
      groups.push_back(base / group);
      if (group.empty()) break;
    }
  }
  return groups;
}

std::uint64_t less(std::uint64_t all, std::uint64_t taken) { return all > taken ? all - taken : 0; }

MemoryRoom machine_room() {
  if (const std::uint64_t kibibytes = number_of("/proc/meminfo", "MemAvailable:"))
    return {kibibytes * 1024, ""};
  return {static_cast<std::uint64_t>(sysconf(_SC_AVPHYS_PAGES)) *
              static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)),
          ""};
}

MemoryRoom address_space_room() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {};
  const std::uint64_t taken = number_of("/proc/self/status", "VmSize:") * 1024;
  return {less(limit.rlim_cur, taken), "the limit of " + std::to_string(limit.rlim_cur) +
                                           " bytes on the process's address space (ulimit -v)"};
}

}  // namespace

MemoryRoom control_group_room(const fs::path& membership, const fs::path& root) {
  struct Files {
    const char *limit, *usage, *reclaimable;
  };
  MemoryRoom least;
  for (const fs::path& group : groups_of(membership, root, "memory")) {
    for (const Files& files :
         {Files{"memory.max", "memory.current", "inactive_file"},
          Files{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"}}) {
      const std::optional<std::uint64_t> limit = number_in(group / files.limit);
      if (!limit) continue;
      const std::uint64_t taken = less(number_in(group / files.usage).value_or(0),
                                       number_of(group / "memory.stat", files.reclaimable));
      if (const std::uint64_t room = less(*limit, taken); room < least.bytes) {
        least = {room, "the limit of " + std::to_string(*limit) + " bytes on the control group (" +
                           (group / files.limit).string() + ")"};
      }
    }
  }
  return least;
}

MemoryRoom host_memory_room() {
  MemoryRoom least = machine_room();
  for (const MemoryRoom& room : {address_space_room(), control_group_room(kMembership, kGroups)}) {
    if (room.bytes < least.bytes) least = room;
  }
  return least;
}

std::string thread_limits() {
  std::string text;
  const auto add = [&text](const std::string& limit) {
    text += (text.empty() ? "; limits: " : ", ") + limit;
  };
  rlimit limit = {};
  if (getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    add(std::to_string(limit.rlim_cur) + " processes and threads per user (ulimit -u)");
  }
  for (const fs::path& group : groups_of(kMembership, kGroups, "pids")) {
    if (const auto most = number_in(group / "pids.max")) {
      add(std::to_string(*most) + " threads of the control group (" + (group / "pids.max").string() + ")");
    }
  }
  if (const MemoryRoom room = address_space_room(); !room.limit.empty()) add(room.limit);
  return text;
}

}  // namespace gpu_sweep
