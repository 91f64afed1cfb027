// Snapshots of unfinished runs, in the form in which ranks exchange them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/cluster/message.h"
#include "gpu_sweep/snapshot.h"

namespace gpu_sweep {

constexpr std::size_t kSnapshotPartBytes = std::size_t{1} << 20;

/// The most bytes of a snapshot that is sent. A larger file could not be read either (npz.h).
constexpr std::uint64_t kMostSnapshotBytes = std::uint64_t{1} << 32;

/// Returns the bytes of a snapshot's file, including its checksum, in parts. Returns no parts if the file has
/// more than `most` bytes.
std::vector<SnapshotPart> pack(const Snapshot& snapshot, std::uint64_t most = kMostSnapshotBytes);

/// Assembles snapshots from the parts that one rank sends.
class SnapshotParts {
 public:
  explicit SnapshotParts(std::uint64_t most = kMostSnapshotBytes) : most_(most) {}

  /// Adds a part. Returns the snapshot if `part` completes it, otherwise nothing. Throws
  /// std::invalid_argument if the parts are larger than a snapshot may be, or if all of them together are not
  /// a sound snapshot.
  std::optional<Snapshot> add(const SnapshotPart& part);

 private:
  std::uint64_t most_;
  std::vector<std::uint8_t> file_;
};

}  // namespace gpu_sweep
