#include "gpu_sweep/scheduler.h"

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane.h"
#include "engine/lane/out_of_memory.h"
#include "engine/lane/resident_data.h"
#include "engine/sweep/group_queue.h"
#include "engine/sweep/memory_retreat.h"
#include "engine/sweep/run_writer.h"
#include "engine/train/group_trainer.h"

namespace gpu_sweep {
namespace {

/// The state that the lanes of a sweep share.
class Sweep {
 public:
  Sweep(const GroupSource& next, const DatasetLayout& layout, const SweepOptions& options)
      : layout_(layout),
        events_(options.events),
        group_events_(under_lock()),
        initial_(options.initial),
        on_stop_(options.stop, [this] { ended_.request_stop(); }),
        writer_(events_, mutex_, [this](const std::exception_ptr& error) { fail(error); }),
        queue_(
            next, [this](const GroupSpec& group) { return draws_weights(group); }, ended_.get_token()),
        retreat_(queue_, [this](const std::string& line) { remark(line); }) {}

  ~Sweep() { ended_.request_stop(); }
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

  /// Worker loop of a lane: trains groups until the queue is empty or the sweep ends. If a group is divided
  /// because runs have stopped early, the runs that go on are this lane's next group.
  void work(Lane& lane, const Buffer& dataset) {
    try {
      std::optional<GroupStart> next;
      while (next || (next = queue_.pop())) {
        GroupStart start = *std::exchange(next, std::nullopt);
        if (ended_.stop_requested()) return keep_for_later(start);
        const LaneRange range(lane, "group of " + std::to_string(start.group.runs.size()) + " runs");
        const int freed_before = retreat_.begin_group();
        std::unique_ptr<GroupTrainer> trainer;
        try {
          trainer = make(lane, dataset, start);
        } catch (const OutOfMemory& error) {
          keep_for_later(start);
          if (!retreat_.give_back(std::move(start), error, freed_before)) return;
          continue;
        }
        std::optional<GroupOutcome> outcome = trainer->train();
        trainer.reset();  // frees its memory before another lane can take this lane for idle
        retreat_.end_group();
        if (!outcome) continue;
        writer_.push(std::move(outcome->finished));
        next = std::move(outcome->rest);
      }
    } catch (...) {
      fail(std::current_exception());
    }
  }

  /// Must be called only after all lanes have ended.
  SweepResult result() {
    const int runs = writer_.finish();
    if (error_) std::rethrow_exception(error_);
    return {runs};
  }

 private:
  /// Returns the events for GroupTrainer. They lock mutex_. After a lane or an event has failed, they keep no
  /// snapshots.
  GroupEvents under_lock() {
    GroupEvents locked;
    if (events_.on_epoch) {
      locked.on_epoch = [this](const GroupSpec& group, int epochs_done) {
        const std::lock_guard lock(mutex_);
        events_.on_epoch(group, epochs_done);
      };
    }
    locked.snapshots.interval = events_.snapshots.interval;
    locked.snapshots.standby_seconds = events_.snapshots.standby_seconds;
    if (events_.snapshots.keep) {
      locked.snapshots.keep = [this](const std::vector<Snapshot>& group) {
        const std::lock_guard lock(mutex_);
        if (!error_) events_.snapshots.keep(group);
      };
    }
    if (events_.snapshots.load) {
      locked.snapshots.load = [this](const RunSpec& run) {
        const std::lock_guard lock(mutex_);
        return events_.snapshots.load(run);
      };
    }
    locked.wants_weights = events_.wants_weights;
    return locked;
  }

  bool draws_weights(const GroupSpec& group) const {
    return initial_.empty() && (group.epochs_done == 0 || !events_.snapshots.load);
  }

  void remark(const std::string& line) {
    const std::lock_guard lock(mutex_);
    if (events_.on_remark) events_.on_remark(line);
  }

  void fail(const std::exception_ptr& error) {
    {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = error;
    }
    ended_.request_stop();
  }

  std::unique_ptr<GroupTrainer> make(Lane& lane, const Buffer& dataset, GroupStart& start) const {
    if (!initial_.empty()) start.initial.assign(start.group.runs.size(), initial_.front());
    return std::make_unique<GroupTrainer>(lane, dataset, layout_, start, group_events_, ended_.get_token());
  }

  /// Keeps the snapshots of a group that may not be trained any more in this sweep.
  void keep_for_later(const GroupStart& start) const {
    if (!start.snapshots.empty() && group_events_.snapshots.keep)
      group_events_.snapshots.keep(start.snapshots);
  }

  const DatasetLayout& layout_;
  const SweepEvents& events_;
  const GroupEvents group_events_;
  const std::vector<Weights>& initial_;
  std::stop_source ended_;  // a stop is requested by the caller, or after a failure
  std::mutex mutex_;        // guards error_ and the events, except for SweepEvents::keep
  std::exception_ptr error_;
  const std::stop_callback<std::function<void()>> on_stop_;  // uses ended_
  RunWriter writer_;                                         // writer_ and queue_ use all members above
  GroupQueue queue_;
  MemoryRetreat retreat_;  // uses queue_
};

}  // namespace

SweepResult run_groups(const GroupSource& next, const Dataset& dataset, const DeviceChoice& devices,
                       const SweepOptions& options) {
  const DatasetLayout layout = dataset_layout(dataset);
  // A device has one copy of the data set. The first lane on the device owns it, and all lanes on the device
  // read it.
  struct DeviceLanes {
    std::vector<std::unique_ptr<Lane>> lanes;
    Buffer dataset;  // declared after its lane, so that it is destroyed first
  };
  std::vector<DeviceLanes> all_lanes;
  for (const int device : devices.indices) {
    DeviceLanes& device_lanes = all_lanes.emplace_back();
    for (int i = 0; i < options.lanes; ++i)
      device_lanes.lanes.push_back(devices.backend.make_lane(device, options.lane_options));
    device_lanes.dataset = resident_dataset(*device_lanes.lanes.front(), dataset, layout);
  }

  Sweep sweep(next, layout, options);
  std::vector<std::jthread> threads;
  for (const DeviceLanes& device_lanes : all_lanes) {
    for (const auto& lane : device_lanes.lanes) {
      threads.emplace_back([&sweep, &lane, &device_lanes] { sweep.work(*lane, device_lanes.dataset); });
    }
  }
  threads.clear();  // joins the threads
  return sweep.result();
}

SweepResult run_groups(const std::vector<GroupSpec>& groups, const Dataset& dataset,
                       const DeviceChoice& devices, const SweepOptions& options) {
  std::size_t taken = 0;
  const GroupSource next = [&](const std::stop_token&) -> std::optional<GroupSpec> {
    return taken < groups.size() ? std::optional(groups[taken++]) : std::nullopt;
  };
  return run_groups(next, dataset, devices, options);
}

}  // namespace gpu_sweep
