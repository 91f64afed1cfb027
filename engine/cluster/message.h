// The messages between the leader and the ranks that train, and their encoding.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/store/database/run_row.h"

namespace gpu_sweep {

/// Time to wait before checking for messages again when there are none.
inline constexpr auto kIdle = std::chrono::microseconds(500);

/// Trainer to leader, as the first message: what the trainer would train, and how many groups at a time.
struct Hello {
  std::string host;
  std::string experiment;    ///< JSON, as in a store
  std::string provenance;    ///< JSON, as in a store
  std::uint32_t groups = 1;  ///< trained at the same time
};

/// Leader to trainer: train the runs with these keys together.
struct GroupOrder {
  std::uint32_t group = 0;
  std::uint32_t replicas = 1;  ///< of the group, including idle ones
  std::vector<std::string> keys;
  std::uint32_t epochs_done = 0;  ///< by every run; if not 0, the runs' snapshots were sent before this order
};

/// Trainer to leader: an epoch of a group is done.
struct EpochDone {
  std::uint32_t group = 0;
  std::uint32_t epochs = 0;
};

/// Trainer to leader: a run is done. The row carries its own checksum. Runs trained together are sent
/// consecutively and are kept together.
struct RunDone {
  RunRow row;
  bool last = true;  ///< whether this is the last of the runs trained together
};

/// A part of a snapshot (snapshot_message.h). Trainer to leader: keep this snapshot of an unfinished run.
/// Leader to trainer: continue a run from this snapshot. The parts of one snapshot are sent consecutively.
struct SnapshotPart {
  bool last = true;
  std::vector<std::byte> bytes;  ///< of the snapshot's file
};

/// Trainer to leader: the trainer cannot continue. `code` is the exit code of the program.
struct Failure {
  std::int32_t code = 1;
  std::string text;
};

/// Leader to trainer: no work is left for the trainer.
struct Dismissal {};

/// Leader to trainer: stop, and send the state of the unfinished runs. Trainer to leader: training has
/// stopped, and everything has been sent.
struct Stop {};

using Message = std::variant<Hello, GroupOrder, EpochDone, RunDone, Failure, Dismissal, SnapshotPart, Stop>;

/// No message may be longer. For comparison, a run of a million epochs takes 32 MB.
constexpr std::size_t kMostMessageBytes = std::size_t{256} << 20;

/// Returns a header of 80 bytes (magic and version, kind, length, SHA-256 of the body) and the body,
/// little-endian. Throws std::length_error beyond kMostMessageBytes.
std::vector<std::byte> encode(const Message& message);

/// Inverse of `encode`. Throws std::invalid_argument for any other bytes: another version, a wrong length or
/// checksum, contents that do not fit the kind of message, or a row that does not match its own checksum.
Message decode(std::span<const std::byte> bytes);

}  // namespace gpu_sweep
