// The messages between the leader and the trainers, which are the ranks that train, and their encoding.
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

/// How long to wait, when there are no messages, before looking for messages again.
inline constexpr auto kIdle = std::chrono::microseconds(500);

/// Trainer to leader, as the first message: what the trainer would train, and how many groups at a time.
struct Hello {
  std::string host;
  std::string experiment;    ///< JSON, as in a store
  std::string provenance;    ///< JSON, as in a store
  std::uint32_t groups = 1;  ///< that the trainer trains at the same time
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

/// Trainer to leader: a run is done. The row of the run carries its own checksum. Runs that were trained
/// together are sent one right after the other, and the leader stores them together.
struct RunDone {
  RunRow row;
  bool last = true;  ///< whether this is the last of the runs that were trained together
};

/// A part of a snapshot (snapshot_message.h). From a trainer to the leader, it means: keep this snapshot of
/// an unfinished run. From the leader to a trainer, it means: continue a run from this snapshot. The parts of
/// one snapshot are sent one right after the other.
struct SnapshotPart {
  bool last = true;
  std::vector<std::byte> bytes;  ///< of the snapshot's file
};

/// Trainer to leader: the trainer cannot continue. `code` is the exit code with which the program is to end.
struct Failure {
  std::int32_t code = 1;
  std::string text;
};

/// Leader to trainer: there is no more work for the trainer.
struct Dismissal {};

/// From the leader to a trainer, it means: stop, and send the state of the unfinished runs. From a trainer to
/// the leader, it means: training has stopped, and everything has been sent.
struct Stop {};

using Message = std::variant<Hello, GroupOrder, EpochDone, RunDone, Failure, Dismissal, SnapshotPart, Stop>;

/// The most bytes of a message without its header. For comparison, the history of a million epochs takes 32
/// MB.
constexpr std::size_t kMostMessageBytes = std::size_t{256} << 20;

/// Returns the bytes of a message, little-endian: a header of 80 bytes (magic number with version, kind,
/// length, SHA-256 of the body in hex), then the body. Throws std::length_error if the body has more than
/// kMostMessageBytes.
std::vector<std::byte> encode(const Message& message);

/// The inverse of `encode`. Throws std::invalid_argument for another version, an unknown kind, a wrong length
/// or checksum, contents that do not fit the kind of message, or a row that does not match its own checksum.
Message decode(std::span<const std::byte> bytes);

}  // namespace gpu_sweep
