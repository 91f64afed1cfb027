// One process at a time writes a result directory.
#pragma once

#include <filesystem>

namespace gpu_sweep {

/// Holds an exclusive flock on DIRECTORY/lock and its process id written there. The system gives the lock
/// back when the process ends, however it ends; the file stays. Throws Error(kBusy) naming the process that
/// holds it and Error(kOutput) where the file cannot be written.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace gpu_sweep
