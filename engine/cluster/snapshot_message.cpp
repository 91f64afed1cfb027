#include "engine/cluster/snapshot_message.h"

#include <stdexcept>

#include "engine/error.h"
#include "engine/store/snapshot_file.h"

namespace gpu_sweep {

std::optional<SnapshotTaken> pack(const Snapshot& snapshot, std::size_t most) {
  const std::vector<std::uint8_t> file = format_npz(snapshot_arrays(snapshot));
  if (file.size() > most) return std::nullopt;
  const auto bytes = std::as_bytes(std::span(file));
  return SnapshotTaken{{bytes.begin(), bytes.end()}};
}

Snapshot unpack(const SnapshotTaken& message) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(message.file.data());
  try {
    return parse_snapshot(parse_npz({first, message.file.size()}, "a snapshot"), "a snapshot");
  } catch (const Error& error) {
    throw std::invalid_argument(error.what());
  }
}

}  // namespace gpu_sweep
