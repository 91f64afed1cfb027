#include "engine/cluster/snapshot_message.h"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

#include "engine/store/snapshots/snapshot_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

std::vector<SnapshotPart> pack(const Snapshot& snapshot, std::uint64_t most) {
  const std::vector<std::uint8_t> file = format_npz(snapshot_arrays(snapshot));
  if (file.size() > most) return {};
  std::vector<SnapshotPart> parts;
  for (std::span<const std::byte> left = std::as_bytes(std::span(file)); !left.empty();) {
    const auto bytes = left.first(std::min(left.size(), kSnapshotPartBytes));
    left = left.subspan(bytes.size());
    parts.push_back({left.empty(), {bytes.begin(), bytes.end()}});
  }
  return parts;
}

std::optional<Snapshot> SnapshotParts::add(const SnapshotPart& part) {
  if (part.bytes.size() > most_ - file_.size()) {
    throw std::invalid_argument("a snapshot: it exceeds the largest size");
  }
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(part.bytes.data());
  file_.insert(file_.end(), bytes, bytes + part.bytes.size());
  if (!part.last) return std::nullopt;
  const std::vector<std::uint8_t> file = std::exchange(file_, {});
  try {
    return parse_snapshot(parse_npz(file, "a snapshot"), "a snapshot");
  } catch (const Error& error) {
    throw std::invalid_argument(error.what());
  }
}

}  // namespace gpu_sweep
