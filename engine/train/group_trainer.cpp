#include "engine/train/group_trainer.h"

#include "engine/data/dataset_layout.h"
#include "engine/lane/resident_data.h"
#include "engine/train/replica_group.h"

namespace gpu_sweep {
namespace {

/// Decides when snapshots of a group are due.
class SnapshotTimes {
 public:
  SnapshotTimes(const SnapshotInterval& interval, int epoch, double seconds)
      : interval_(interval), epoch_(epoch), seconds_(seconds) {}

  /// Returns true at most once per interval.
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

/// Decides when copies are due that can be kept if a stop ends an epoch midway
/// (SnapshotEvents::standby_seconds).
class StandbyTimes {
 public:
  /// The group trains from `first` to `last` completed epochs; `seconds` is the time at `first`.
  StandbyTimes(double interval, int first, int last, double seconds)
      : interval_(interval), first_(first), last_(last), begun_(seconds) {}

  bool due(int epoch, double seconds) {
    if (interval_ <= 0 || epoch == last_) return false;
    const double expected = (seconds - begun_) / (epoch - first_) * (last_ - first_);
    const bool due = any_ ? seconds - copied_ >= interval_ : expected >= interval_;
    if (due) {
      any_ = true;
      copied_ = seconds;
    }
    return due;
  }

 private:
  const double interval_;
  const int first_;
  const int last_;
  const double begun_;
  bool any_ = false;
  double copied_ = 0;  // time of the last copy, if there is one
};

}  // namespace

GroupTrainer::GroupTrainer(Lane& lane, const Buffer& dataset, const DatasetLayout& dataset_layout,
                           const GroupSpec& spec, std::span<const Weights> initial, const GroupEvents& events,
                           const std::stop_token& stop)
    : events_(events), stop_(stop), group_(lane, dataset, dataset_layout, spec, initial, stop) {
  if (events.snapshots.keep) room_ = group_.room_for_snapshots();
}

std::optional<Trained> GroupTrainer::train() {
  try {
    begin();
  } catch (const Abandoned&) {
    return std::nullopt;  // nothing to keep yet
  }
  if (!train_epochs()) return std::nullopt;
  Trained trained;
  try {
    trained.records = group_.finish();
  } catch (const Abandoned&) {
    if (copy()) keep();
    return std::nullopt;
  }
  trained.weights = events_.wants_weights ? group_.weights() : std::vector<Weights>(trained.records.size());
  const double seconds_per_run = seconds() / static_cast<double>(trained.records.size());
  for (RunRecord& record : trained.records) record.train_seconds = seconds_per_run;
  return trained;
}

void GroupTrainer::begin() {
  if (group_.spec().epochs_done == 0 || !events_.snapshots.load) return group_.evaluate_untrained();
  std::vector<Snapshot> snapshots;
  for (const RunSpec& run : group_.spec().runs) {
    snapshots.push_back(events_.snapshots.load(run));
    seconds_before_ += snapshots.back().train_seconds;
  }
  group_.resume(snapshots);
}

/// Trains the remaining epochs. Returns false if training was stopped before the last one was done.
bool GroupTrainer::train_epochs() {
  const GroupSpec& spec = group_.spec();
  SnapshotTimes times(events_.snapshots.interval, group_.epochs_done(), seconds());
  StandbyTimes standby_times(events_.snapshots.standby_seconds, group_.epochs_done(), spec.epochs, seconds());
  bool standby = false;  // room_ holds a copy that has not been kept yet
  while (!group_.is_trained()) {
    if (stop_.stop_requested()) {
      if (copy()) keep();
      return false;
    }
    if (times.due(group_.epochs_done(), seconds())) {
      if (copy()) keep();
      standby = false;
    }
    try {
      group_.train_epoch();
    } catch (const Abandoned&) {
      if (standby) keep();
      return false;
    }
    if (standby_times.due(group_.epochs_done(), seconds())) standby = copy();
    if (events_.on_epoch) events_.on_epoch(spec, group_.epochs_done());
  }
  return true;
}

/// Returns the wall time spent on the group in seconds, including the time before the snapshots it resumed
/// from.
double GroupTrainer::seconds() const {
  return seconds_before_ + std::chrono::duration<double>(Clock::now() - start_).count();
}

/// Copies the group, between two epochs, into room_. Returns false, without a copy, if the group is untrained
/// or no snapshots are wanted.
bool GroupTrainer::copy() {
  if (room_.empty() || group_.epochs_done() == 0) return false;
  group_.take_snapshots(room_);
  for (Snapshot& snapshot : room_) snapshot.train_seconds = seconds() / static_cast<double>(room_.size());
  return true;
}

Trained train_group(Lane& lane, const Dataset& dataset, const GroupSpec& spec) {
  const DatasetLayout layout = dataset_layout(dataset);
  const Buffer buffer = resident_dataset(lane, dataset, layout);
  ReplicaGroup group(lane, buffer, layout, spec);
  group.evaluate_untrained();
  while (!group.is_trained()) group.train_epoch();
  return {group.finish(), group.weights()};
}

}  // namespace gpu_sweep
