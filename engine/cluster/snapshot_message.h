// Snapshots of runs that are begun, as they travel between ranks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/cluster/message.h"
#include "engine/train/snapshot.h"

namespace gpu_sweep {

constexpr std::size_t kSnapshotPartBytes = std::size_t{1} << 20;

/// The largest snapshot that is sent: no larger file is read back either (npz.h).
constexpr std::uint64_t kMostSnapshotBytes = std::uint64_t{1} << 32;

/// The bytes of a snapshot's file, with the checksum that this has, in parts; none if they are more than
/// `most`.
std::vector<SnapshotPart> pack(const Snapshot& snapshot, std::uint64_t most = kMostSnapshotBytes);

/// Makes snapshots of the parts that one rank sends.
class SnapshotParts {
 public:
  explicit SnapshotParts(std::uint64_t most = kMostSnapshotBytes) : most_(most) {}

  /// The snapshot whose last part it is; nothing before. Throws std::invalid_argument for what `pack` did not
  /// make.
  std::optional<Snapshot> add(const SnapshotPart& part);

 private:
  std::uint64_t most_;
  std::vector<std::uint8_t> file_;
};

}  // namespace gpu_sweep
