// The part of ReplicaGroup that takes snapshots and continues from them.
#include <new>
#include <span>
#include <stdexcept>
#include <string>

#include "engine/lane/host_memory.h"
#include "engine/lane/out_of_memory.h"
#include "engine/train/group_snapshots.h"
#include "engine/train/replica_group.h"
#include "gpu_sweep/schedule.h"

namespace gpu_sweep {

void ReplicaGroup::resume(std::span<const Snapshot> snapshots) {
  upload_snapshots(lane_, arena_, layout_, spec_, snapshots);
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    RunCourse& course = courses_[i];
    course.resume(snapshots[i].history, snapshots[i].objective);
    if (course.has_best() == snapshots[i].best_weights.empty()) {
      throw std::invalid_argument("a snapshot's best weights do not fit its history");
    }
    // The snapshot has the learning rate of the next step, but not the rate from which the schedule derives
    // it.
    if (has_monitor(spec_.runs[i].model.schedule.kind)) {
      const double rate = course.rate();
      lane_.upload(arena_, state_offset(i) + offsetof(ReplicaState, schedule.base_rate),
                   std::as_bytes(std::span(&rate, 1)));
    }
    if (course.stopped()) freeze(i);
  }
  epochs_done_ = snapshots[0].epochs_done();
}

std::vector<Snapshot> ReplicaGroup::snapshots() {
  std::vector<Snapshot> result = empty_snapshots(layout_, spec_);
  take_snapshots(result);
  return result;
}

std::vector<Snapshot> ReplicaGroup::room_for_snapshots() const {
  const std::uint64_t bytes = snapshot_bytes(layout_) * spec_.runs.size();
  // Linux overcommits memory and kills the process that touches too much of it: check before touching.
  const std::uint64_t available = available_host_memory();
  if (bytes <= available) {
    try {
      return empty_snapshots(layout_, spec_);
    } catch (const std::bad_alloc&) {
      // Reported below.
    }
  }
  throw OutOfMemory("cpu", std::to_string(bytes) + " bytes asked for snapshots", available);
}

void ReplicaGroup::take_snapshots(std::vector<Snapshot>& room) {
  for (std::size_t i = 0; i < room.size(); ++i) {
    room[i].best_weights.resize(
        courses_[i].has_best() ? static_cast<std::size_t>(layout_.parameters.parameters) : 0);
  }
  download_snapshots(lane_, arena_, layout_, room);
  for (std::size_t i = 0; i < room.size(); ++i) {
    room[i].history = courses_[i].history();
    room[i].objective = courses_[i].objective();
    // A run that has stopped has done fewer steps than its group.
    room[i].step = static_cast<std::uint32_t>(room[i].epochs_done() * steps_per_epoch(layout_));
  }
}

}  // namespace gpu_sweep
