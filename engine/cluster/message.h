// What the leader and the ranks that train tell each other, and how it travels.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/store/run_row.h"

namespace gpu_sweep {

/// Pause between two looks for messages while there are none.
inline constexpr auto kIdle = std::chrono::microseconds(500);

/// Trainer to leader, first: what it would train and how much at a time.
struct Hello {
  std::string host;
  std::string experiment;    ///< JSON, as stores keep it
  std::string provenance;    ///< likewise
  std::uint32_t groups = 1;  ///< that it trains at the same time
};

/// Leader to trainer: train the runs of these keys together.
struct GroupOrder {
  std::uint32_t group = 0;
  std::uint32_t replicas = 1;  ///< nominal R
  std::vector<std::string> keys;
  std::uint32_t epochs_done = 0;  ///< of all runs; their snapshots were sent before if it is not 0
};

/// Trainer to leader: an epoch of a group is done.
struct EpochDone {
  std::uint32_t group = 0;
  std::uint32_t epochs = 0;
};

/// Trainer to leader: a run is done. The row carries its own checksum. Runs that were trained together come
/// one after the other and are kept together.
struct RunDone {
  RunRow row;
  bool last = true;  ///< of the runs that were trained together
};

/// A part of a snapshot (snapshot_message.h). Trainer to leader: of a run that is begun, to be kept. Leader
/// to trainer: of where a run goes on. No other snapshot's come between the parts of one.
struct SnapshotPart {
  bool last = true;
  std::vector<std::byte> bytes;  ///< of its file
};

/// Trainer to leader: it cannot go on. `code` is the exit code of the program.
struct Failure {
  std::int32_t code = 1;
  std::string text;
};

/// Leader to trainer: nothing is left for it.
struct Dismissal {};

/// Leader to trainer: stop, and send what the runs in hand have come to. Trainer to leader: stopped, and all
/// is sent.
struct Stop {};

using Message = std::variant<Hello, GroupOrder, EpochDone, RunDone, Failure, Dismissal, SnapshotPart, Stop>;

/// More than any message needs: a run of a million epochs takes 32 MB.
constexpr std::size_t kMostMessageBytes = std::size_t{256} << 20;

/// A header of 80 bytes (magic and version, kind, length, SHA-256 of the body) and the body, little-endian.
/// Throws std::length_error beyond kMostMessageBytes.
std::vector<std::byte> encode(const Message& message);

/// Throws std::invalid_argument for what `encode` did not make: another version, a wrong length or checksum,
/// contents that do not fit their kind, a row that does not match its own checksum.
Message decode(std::span<const std::byte> bytes);

}  // namespace gpu_sweep
