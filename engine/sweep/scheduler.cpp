#include "engine/sweep/scheduler.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane_range.h"
#include "engine/lane/out_of_memory.h"
#include "engine/sweep/planner.h"
#include "engine/train/replica_group.h"

namespace gpu_sweep {
namespace {

using Clock = std::chrono::steady_clock;

/// When the next snapshot of a group is due.
class SnapshotTimes {
 public:
  SnapshotTimes(const SnapshotInterval& interval, int epoch, double seconds)
      : interval_(interval), epoch_(epoch), seconds_(seconds) {}

  /// True once an interval.
  bool due(int epoch, double seconds) {
    const bool due = (interval_.epochs > 0 && epoch - epoch_ >= interval_.epochs) ||
                     (interval_.seconds > 0 && seconds - seconds_ >= interval_.seconds);
    if (due) {
      epoch_ = epoch;
      seconds_ = seconds;
    }
    return due;
  }

 private:
  const SnapshotInterval interval_;
  int epoch_;
  double seconds_;
};

/// What the lanes of a sweep share.
class Sweep {
 public:
  Sweep(const GroupSource& next, const DatasetLayout& layout, const SweepEvents& events,
        const std::vector<Weights>& initial, const std::stop_token& stop)
      : next_(next), layout_(layout), events_(events), initial_(initial), on_stop_(stop, [this] {
          ended_.request_stop();
        }) {}

  /// A lane's life: takes groups until none are left.
  void work(Lane& lane, const Buffer& dataset) {
    try {
      while (std::optional<GroupSpec> group = take()) {
        const LaneRange range(lane, "group of " + std::to_string(group->runs.size()) + " runs");
        const auto start = Clock::now();
        const int finished_before = groups_finished();
        std::unique_ptr<ReplicaGroup> replicas;
        std::vector<Snapshot> room;  // for snapshots; empty where nobody wants any
        try {
          replicas = make(lane, dataset, *group);
          if (events_.snapshots.keep) room = replicas->room_for_snapshots();
        } catch (const OutOfMemory& error) {
          replicas.reset();
          if (!give_back(*group, error, finished_before)) return;
          continue;
        }
        try {
          train(*replicas, room, start);
        } catch (const Abandoned&) {
          // There is nothing to keep of it.
        }
        replicas.reset();  // its memory is free before another lane can take this one for idle
        room = {};
        const std::lock_guard lock(mutex_);
        --lanes_at_work_;
        ++groups_finished_;
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
      failed_ = true;
      ended_.request_stop();
    }
  }

  SweepResult result() const {
    if (error_) std::rethrow_exception(error_);
    return {runs_done_};
  }

 private:
  bool stopped() const { return ended_.stop_requested(); }

  /// What was given back comes first. Holds no lock while it waits for the next.
  std::optional<GroupSpec> take() {
    if (stopped()) return std::nullopt;
    {
      const std::lock_guard lock(mutex_);
      if (!returned_.empty()) {
        GroupSpec group = std::move(returned_.front());
        returned_.pop_front();
        ++lanes_at_work_;
        return group;
      }
    }
    std::optional<GroupSpec> group = next_(ended_.get_token());
    const std::lock_guard lock(mutex_);
    if (group) ++lanes_at_work_;
    return group;
  }

  int groups_finished() {
    const std::lock_guard lock(mutex_);
    return groups_finished_;
  }

  /// For a group that did not fit beside those of the other lanes: whether this lane shall go on.
  /// `finished_before` groups had left their memory when this one was tried. Throws the error where nothing
  /// less is left to try.
  bool give_back(const GroupSpec& group, const OutOfMemory& error, int finished_before) {
    const std::lock_guard lock(mutex_);
    --lanes_at_work_;
    const bool splits = group.replicas > 1;
    if (!splits && lanes_at_work_ == 0) {
      if (groups_finished_ == finished_before) throw OutOfMemory(error);
      returned_.push_front(group);  // another has made room since
      return true;
    }
    const std::vector<GroupSpec> parts = splits ? halves(group) : std::vector<GroupSpec>{group};
    returned_.insert(returned_.begin(), parts.begin(), parts.end());
    if (events_.on_remark) {
      events_.on_remark(std::string(error.what()) + "; " +
                        (splits ? "going on with groups of " + std::to_string(parts.front().replicas) +
                                      " in place of " + std::to_string(group.replicas)
                                : "going on with one lane fewer"));
    }
    return splits;
  }

  /// From its snapshots or from scratch; returns the seconds that the group has taken before.
  double begin(ReplicaGroup& group) {
    if (group.spec().epochs_done == 0 || !events_.snapshots.load) {
      group.evaluate_untrained();
      return 0;
    }
    std::vector<Snapshot> snapshots;
    double seconds = 0;
    {
      const std::lock_guard lock(mutex_);
      for (const RunSpec& run : group.spec().runs) {
        snapshots.push_back(events_.snapshots.load(run));
        seconds += snapshots.back().train_seconds;
      }
    }
    group.resume(snapshots);
    return seconds;
  }

  /// Copies a group between two epochs into `room`; whether it did: not an untrained group, nor where nobody
  /// wants snapshots.
  static bool copy(ReplicaGroup& group, double seconds, std::vector<Snapshot>& room) {
    if (room.empty() || group.epochs_done() == 0) return false;
    group.take_snapshots(room);
    for (Snapshot& snapshot : room) snapshot.train_seconds = seconds / static_cast<double>(room.size());
    return true;
  }

  void keep(const std::vector<Snapshot>& snapshots) {
    const std::lock_guard lock(mutex_);
    events_.snapshots.keep(snapshots);
  }

  void keep_when_stopped(bool any, const std::vector<Snapshot>& snapshots) {
    if (any && !failed_) keep(snapshots);
  }

  std::unique_ptr<ReplicaGroup> make(Lane& lane, const Buffer& dataset, const GroupSpec& spec) const {
    const std::vector<Weights> initial =
        initial_.empty() ? std::vector<Weights>{} : std::vector<Weights>(spec.runs.size(), initial_.front());
    return std::make_unique<ReplicaGroup>(lane, dataset, layout_, spec, initial, ended_.get_token());
  }

  /// `start` is when the group was taken.
  void train(ReplicaGroup& group, std::vector<Snapshot>& room, Clock::time_point start) {
    const GroupSpec& spec = group.spec();
    const double seconds_before = begin(group);
    const auto seconds = [&] {
      return seconds_before + std::chrono::duration<double>(Clock::now() - start).count();
    };
    SnapshotTimes times(events_.snapshots.interval, group.epochs_done(), seconds());
    const double standby_seconds = events_.snapshots.standby_seconds;  // the first is due after one epoch
    SnapshotTimes standby_times({0, standby_seconds}, group.epochs_done(), seconds() - standby_seconds);
    bool standby = false;  // `room` holds what nobody has kept yet, for a stop in the midst of an epoch
    while (group.epochs_done() < spec.epochs) {
      if (stopped()) return keep_when_stopped(copy(group, seconds(), room), room);
      if (times.due(group.epochs_done(), seconds())) {
        if (copy(group, seconds(), room)) keep(room);
        standby = false;
      }
      try {
        group.train_epoch();
      } catch (const Abandoned&) {
        return keep_when_stopped(standby, room);
      }
      if (standby_times.due(group.epochs_done(), seconds())) standby = copy(group, seconds(), room);
      if (events_.on_epoch) {
        const std::lock_guard lock(mutex_);
        events_.on_epoch(spec, group.epochs_done());
      }
    }
    std::vector<RunRecord> records;
    try {
      records = group.finish();
    } catch (const Abandoned&) {
      return keep_when_stopped(copy(group, seconds(), room), room);
    }
    const std::vector<Weights> weights =
        events_.wants_weights ? group.weights() : std::vector<Weights>(records.size());
    const double seconds_a_run = seconds() / static_cast<double>(records.size());  // without the store's
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < records.size(); ++i) {
      records[i].train_seconds = seconds_a_run;
      if (events_.on_run) events_.on_run(records[i], weights[i]);
      ++runs_done_;
    }
  }

  const GroupSource& next_;
  const DatasetLayout& layout_;
  const SweepEvents& events_;
  const std::vector<Weights>& initial_;
  std::atomic<bool> failed_ = false;
  std::stop_source ended_;          // stopped from outside, or a lane has failed
  std::mutex mutex_;                // guards the events and what follows
  std::deque<GroupSpec> returned_;  // taken, and not fitting into memory
  int lanes_at_work_ = 0;
  int groups_finished_ = 0;
  int runs_done_ = 0;
  std::exception_ptr error_;
  const std::stop_callback<std::function<void()>> on_stop_;  // last: uses ended_
};

}  // namespace

SweepResult run_groups(const GroupSource& next, const Dataset& dataset, const DeviceChoice& devices,
                       int lanes, const LaneOptions& lane_options, const SweepEvents& events,
                       std::stop_token stop, const std::vector<Weights>& initial) {
  const DatasetLayout layout = dataset_layout(dataset);
  Sweep sweep(next, layout, events, initial, stop);

  // One copy of the data a device, owned by its first lane and read by all of them.
  struct DeviceLanes {
    std::vector<std::unique_ptr<Lane>> lanes;
    Buffer dataset;  // after its lane: destroyed before it
  };
  std::vector<DeviceLanes> all_lanes;
  const std::vector<std::byte> bytes = pack(dataset, layout);
  for (const int device : devices.indices) {
    DeviceLanes& device_lanes = all_lanes.emplace_back();
    for (int i = 0; i < lanes; ++i)
      device_lanes.lanes.push_back(devices.backend.make_lane(device, lane_options));
    device_lanes.dataset = device_lanes.lanes.front()->allocate(layout.bytes);
    device_lanes.lanes.front()->upload(device_lanes.dataset, 0, bytes);
    device_lanes.lanes.front()->wait();
  }

  std::vector<std::jthread> threads;
  for (const DeviceLanes& device_lanes : all_lanes) {
    for (const auto& lane : device_lanes.lanes) {
      threads.emplace_back([&sweep, &lane, &device_lanes] { sweep.work(*lane, device_lanes.dataset); });
    }
  }
  threads.clear();  // joins
  return sweep.result();
}

SweepResult run_groups(const std::vector<GroupSpec>& groups, const Dataset& dataset,
                       const DeviceChoice& devices, int lanes, const LaneOptions& lane_options,
                       const SweepEvents& events, std::stop_token stop, const std::vector<Weights>& initial) {
  std::atomic<std::size_t> taken = 0;
  const GroupSource next = [&](const std::stop_token&) -> std::optional<GroupSpec> {
    const std::size_t i = taken.fetch_add(1);
    return i < groups.size() ? std::optional(groups[i]) : std::nullopt;
  };
  return run_groups(next, dataset, devices, lanes, lane_options, events, stop, initial);
}

}  // namespace gpu_sweep
