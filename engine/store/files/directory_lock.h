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

/// Keeps writers out of a directory in which its owner can write nothing, not even the lock's file: a shared
/// flock on that file where there is one. Held for moments only, since writers do not wait.
class ReadersLock {
 public:
  explicit ReadersLock(const std::filesystem::path& directory);
  ~ReadersLock();
  ReadersLock(const ReadersLock&) = delete;
  ReadersLock& operator=(const ReadersLock&) = delete;

  bool held() const { return held_; }  ///< false where a process is writing

 private:
  int descriptor_ = -1;
  bool held_ = false;
};

}  // namespace gpu_sweep
