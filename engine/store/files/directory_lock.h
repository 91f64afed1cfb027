// Lets one process at a time write to a result directory.
#pragma once

#include <filesystem>

namespace gpu_sweep {

/// Holds an exclusive flock on DIRECTORY/lock and writes the process id there. The system releases the lock
/// when the process ends, however it ends; the file stays, and is emptied on release. The constructor throws
/// Error(kBusy), which names the process that holds the lock if it is known, and Error(kOutput) if the file
/// cannot be written.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

  /// Returns false only if `directory` (by now perhaps renamed) certainly has no lock file or a different
  /// one. Other processes can then lock the directory, too.
  bool is_that_of(const std::filesystem::path& directory) const;

 private:
  int descriptor_ = -1;
};

/// Keeps writers out of a directory without writing to it, not even to its lock file. Takes a shared flock on
/// that file; if it does not exist, there is nothing to hold, and held() is true. Hold the lock only briefly:
/// a writer fails instead of waiting.
class ReadersLock {
 public:
  explicit ReadersLock(const std::filesystem::path& directory);
  ~ReadersLock();
  ReadersLock(const ReadersLock&) = delete;
  ReadersLock& operator=(const ReadersLock&) = delete;

  bool held() const { return held_; }  ///< false if a process is writing or the lock file cannot be opened

 private:
  int descriptor_ = -1;
  bool held_ = false;
};

}  // namespace gpu_sweep
