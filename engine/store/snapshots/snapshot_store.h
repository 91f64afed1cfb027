// The snapshots of a result directory: one file per run that has begun and is not finished.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "gpu_sweep/snapshot.h"

namespace gpu_sweep {

inline constexpr const char* kSnapshotFolder = "snapshots";

/// Snapshots are short-lived, and usually far larger than the row of a finished run. They are kept beside the
/// run store, so that the store stays small and a damaged snapshot cannot harm it. The owner of the
/// directory's run store owns them, too. Use from one thread at a time.
class SnapshotStore {
 public:
  /// Reads the snapshots of `directory`, if it exists. Removes those of runs that are `finished`, files that
  /// were never completed, and the directory if it is empty then. Lists damaged ones in `damaged` and
  /// otherwise ignores them. Throws Error(kUsage) for a snapshot of a newer version, and Error(kOutput) if
  /// `directory` is a symbolic link or a file cannot be read.
  SnapshotStore(std::filesystem::path directory, const std::function<bool(const std::string& key)>& finished);

  const std::vector<std::string>& damaged() const { return damaged_; }

  /// Sets the new name of the directory, after it was moved.
  void follow(const std::filesystem::path& directory) { directory_ = directory; }

  int epochs_done(const std::string& key) const;  ///< 0 if there is no snapshot

  /// Checks the snapshot of the run `key`. If it has more than `epochs` epochs, or another number of
  /// parameters or of optimizer vectors, the snapshot is listed in `damaged` and ignored from then on.
  void check(const std::string& key, int epochs, std::size_t parameters, std::size_t optimizer_vectors);

  /// Throws what load_snapshot_of throws, in particular Error(kData) if the file was damaged or removed since
  /// it was first read.
  Snapshot load(const std::string& key) const;

  /// Replaces an older snapshot of the same run; durable on return. Throws Error(kOutput).
  void keep(const Snapshot& snapshot);

  /// Removes the snapshot of a finished run, if there is one.
  void drop(const std::string& key);

 private:
  std::filesystem::path file(const std::string& key) const;

  std::filesystem::path directory_;
  struct Shape {
    std::size_t parameters = 0;
    std::size_t optimizer_vectors = 0;
  };

  std::map<std::string, int> epochs_done_;  // by key
  std::map<std::string, Shape> shapes_;     // of the snapshots that the constructor read, by key
  std::vector<std::string> damaged_;
};

}  // namespace gpu_sweep
