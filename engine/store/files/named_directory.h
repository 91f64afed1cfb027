// Directories and files that may be moved or replaced while they are open.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace gpu_sweep {

/// Identifies a file independently of its name.
struct FileIdentity {
  dev_t device = 0;
  ino_t number = 0;

  bool operator==(const FileIdentity&) const = default;
};

/// Returns the file's identity, or nothing if there is no such file. Throws Error(kOutput) if the file cannot
/// be looked up and may therefore exist.
std::optional<FileIdentity> identity_of(const std::filesystem::path& file);

/// Identifies a version of a file: a write to the file or a replacement changes a member, except for a write
/// that leaves the size and falls into the same tick of the file system's clock.
struct FileState {
  FileIdentity identity;
  std::uint64_t bytes = 0;
  std::int64_t modified = 0;  ///< time of the last write, in nanoseconds

  bool operator==(const FileState&) const = default;
};

/// Returns the file's state. Returns nothing, or throws, in the same cases as identity_of.
std::optional<FileState> state_of(const std::filesystem::path& file);

/// Returns the state of an open file, or nothing if the system does not provide it.
std::optional<FileState> state_of(int descriptor);

/// A directory that keeps its identity when its name changes.
class NamedDirectory {
 public:
  /// Throws Error(kOutput) if the directory cannot be opened.
  explicit NamedDirectory(std::filesystem::path directory);
  NamedDirectory(const NamedDirectory&) = delete;
  NamedDirectory& operator=(const NamedDirectory&) = delete;
  ~NamedDirectory();

  /// Returns the directory's new name if it was moved, otherwise (also after a deletion) the name by which it
  /// was opened.
  std::filesystem::path name() const;

 private:
  std::filesystem::path directory_;
  int descriptor_ = -1;
};

}  // namespace gpu_sweep
