// The snapshots of a result directory: a file a run that is begun and not finished.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/train/snapshot.h"

namespace gpu_sweep {

/// Its name in a result directory.
inline constexpr const char* kSnapshotFolder = "snapshots";

/// Beside the run store and not in it, since a snapshot is a thousand times a finished run and soon gone
/// again: the store stays small, and a damaged snapshot cannot harm it. Whoever owns the run store of the
/// directory owns them, too. One thread at a time.
class SnapshotStore {
 public:
  /// Reads what `directory` holds, if it is there. Snapshots of runs that are `finished`, and files that were
  /// never completed, are removed. What is damaged is named in `damaged` and not there.
  /// Throws Error(kUsage) for one of a newer version.
  SnapshotStore(std::filesystem::path directory, const std::function<bool(const std::string& key)>& finished);

  const std::vector<std::string>& damaged() const { return damaged_; }

  /// The directory has this name by now.
  void follow(const std::filesystem::path& directory) { directory_ = directory; }

  int epochs_done(const std::string& key) const;  ///< 0: there is none

  /// Names a snapshot in `damaged` that is not of a run of so many epochs at most and so many parameters,
  /// with so many vectors of its optimiser; it is not there then.
  void check(const std::string& key, int epochs, std::size_t parameters, std::size_t optimiser_vectors);

  /// Throws Error(kData) where it is no longer what it was.
  Snapshot load(const std::string& key) const;

  /// In place of an older one; durable when this returns. Throws Error(kOutput).
  void keep(const Snapshot& snapshot);

  /// For a run that is finished; nothing where there is none.
  void drop(const std::string& key);

 private:
  std::filesystem::path file(const std::string& key) const;

  std::filesystem::path directory_;
  struct Shape {
    std::size_t parameters = 0;
    std::size_t optimiser_vectors = 0;
  };

  std::map<std::string, int> epochs_done_;  // by key
  std::map<std::string, Shape> shapes_;     // of those that were there, by key
  std::vector<std::string> damaged_;
};

}  // namespace gpu_sweep
