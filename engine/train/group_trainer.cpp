#include "engine/train/group_trainer.h"

#include <algorithm>
#include <utility>

#include "engine/data/dataset_layout.h"
#include "engine/lane/out_of_memory.h"
#include "engine/lane/resident_data.h"
#include "engine/train/group_snapshots.h"

namespace gpu_sweep {
namespace {

/// Returns the weights with which the group is constructed. Taking them from snapshots, if there are any,
/// spares the time to draw random ones.
const std::vector<Weights>& first_weights(GroupStart& start) {
  if (!start.snapshots.empty()) start.initial = weights_of(start.group.shape, start.snapshots);
  return start.initial;
}

}  // namespace

GroupTrainer::GroupTrainer(Lane& lane, const Buffer& dataset, const DatasetLayout& dataset_layout,
                           GroupStart& start, const GroupEvents& events, const std::stop_token& stop)
    : events_(events),
      stop_(stop),
      group_(lane, dataset, dataset_layout, start.group, first_weights(start), stop) {
  if (events.snapshots.keep && start.snapshots.empty()) room_ = group_.room_for_snapshots();
  start.initial = {};  // frees the host's copy: the weights are on the device now
  carried_ = std::exchange(start.snapshots, {});
  times_ = start.times;
}

std::optional<GroupOutcome> GroupTrainer::train() {
  try {
    begin();
  } catch (const Abandoned&) {
    return std::nullopt;  // nothing to keep yet
  }
  if (!train_epochs()) return std::nullopt;
  const std::vector<std::size_t> ended = group_.ended_runs();
  GroupOutcome outcome;
  try {
    outcome.finished = finish(ended);
  } catch (const Abandoned&) {
    if (copy()) keep();
    return std::nullopt;
  }
  if (!group_.is_trained()) outcome.rest = rest(ended);
  return outcome;
}

void GroupTrainer::begin() {
  const bool in_memory = !carried_.empty();
  std::vector<Snapshot> snapshots = in_memory ? std::exchange(carried_, {}) : load();
  if (snapshots.empty()) return group_.evaluate_untrained();
  for (const Snapshot& snapshot : snapshots) seconds_before_ += snapshot.train_seconds;
  group_.resume(snapshots);
  if (!in_memory || !events_.snapshots.keep) return;
  room_ = std::move(snapshots);
  standby_ = true;
}

/// Returns the snapshots of the group that SnapshotEvents::load has; none if the group starts from scratch.
std::vector<Snapshot> GroupTrainer::load() const {
  std::vector<Snapshot> snapshots;
  if (group_.spec().epochs_done == 0 || !events_.snapshots.load) return snapshots;
  for (const RunSpec& run : group_.spec().runs) snapshots.push_back(events_.snapshots.load(run));
  return snapshots;
}

/// Trains the remaining epochs, or as many as there are before the group is to be divided. Returns false if
/// training was stopped earlier.
bool GroupTrainer::train_epochs() {
  const GroupSpec& spec = group_.spec();
  if (!times_) times_.emplace(events_.snapshots.interval, group_.epochs_done(), Clock::now());
  StandbyTimes standby_times(events_.snapshots.standby_seconds, group_.epochs_done(), spec.epochs, seconds());
  while (!group_.is_trained() && !is_to_divide()) {
    if (stop_.stop_requested()) {
      if (copy()) keep();
      return false;
    }
    if (times_->due(group_.epochs_done(), Clock::now())) {
      if (copy()) keep();
      standby_ = false;
    }
    try {
      group_.train_epoch();
    } catch (const Abandoned&) {
      if (standby_) keep();
      return false;
    }
    if (standby_times.due(group_.epochs_done(), seconds())) standby_ = copy();
    if (events_.on_epoch) events_.on_epoch(spec, group_.epochs_done());
  }
  return true;
}

/// Returns whether the runs that still train are to leave the others, and there is room for their snapshots.
bool GroupTrainer::is_to_divide() {
  if (!group_.is_half_stopped()) return false;
  if (!room_.empty()) return true;
  try {
    room_ = group_.room_for_snapshots();
  } catch (const OutOfMemory&) {
    return false;
  }
  return true;
}

/// Finishes the runs with these indices. Throws Abandoned after a stop request.
Trained GroupTrainer::finish(std::span<const std::size_t> runs) {
  Trained trained;
  trained.records = group_.finish(runs);
  trained.weights.resize(runs.size());
  if (events_.wants_weights) {
    std::vector<Weights> all = group_.weights();
    for (std::size_t i = 0; i < runs.size(); ++i) trained.weights[i] = std::move(all[runs[i]]);
  }
  const double share = seconds_per_run();
  for (RunRecord& record : trained.records) record.train_seconds = share;
  return trained;
}

/// Returns the runs that have not ended as a group of their own.
GroupStart GroupTrainer::rest(std::span<const std::size_t> ended) {
  fill_room();
  GroupStart rest{group_.spec()};
  std::vector<RunSpec> runs;
  for (std::size_t i = 0; i < room_.size(); ++i) {
    if (std::ranges::binary_search(ended, i)) continue;
    runs.push_back(group_.spec().runs[i]);
    rest.snapshots.push_back(std::move(room_[i]));
  }
  rest.group.replicas = static_cast<int>(runs.size());
  rest.group.epochs_done = group_.epochs_done();
  set_runs(rest.group, std::move(runs));
  rest.times = times_;
  return rest;
}

/// Returns the wall time spent on the group in seconds, including the time before the snapshots it resumed
/// from.
double GroupTrainer::seconds() const {
  return seconds_before_ + std::chrono::duration<double>(Clock::now() - start_).count();
}

double GroupTrainer::seconds_per_run() const {
  return seconds() / static_cast<double>(group_.spec().runs.size());
}

/// Copies the group, between two epochs, into room_.
void GroupTrainer::fill_room() {
  group_.take_snapshots(room_);
  const double share = seconds_per_run();
  for (Snapshot& snapshot : room_) snapshot.train_seconds = share;
}

/// Copies the group into room_. Returns false, without a copy, if the group is untrained or no snapshots are
/// wanted.
bool GroupTrainer::copy() {
  if (!events_.snapshots.keep || group_.epochs_done() == 0) return false;
  fill_room();
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
