// gpu_sweep run under mpirun or srun: rank 0 hands out groups and stores finished runs, the others train.
#pragma once

#include <functional>
#include <optional>

#include "apps/gpu_sweep/stop_signals.h"
#include "apps/gpu_sweep/training/setup.h"
#include "apps/gpu_sweep/training/train_runs.h"
#include "engine/cluster/communicator.h"
#include "engine/cluster/launch.h"
#include "engine/cluster/worker.h"

namespace gpu_sweep {

/// Returns the job of processes that this one belongs to, or nothing if it belongs to none. Throws
/// Error(kUsage) on rank 0 if the job was given a shard: every process would train the same one.
std::optional<Launch> find_cluster(const SetupFlags& flags);

/// Returns whether this process prints for the user: it belongs to no job, or is rank 0.
bool leads(const std::optional<Launch>& launch);

/// Joins the job and calls `lead` on rank 0 and `train` on the others. Rank 0 reports an error of either,
/// once, and ends the job with its exit code. `signals` must have been constructed before.
void run_in_cluster(const Launch& launch, const StopSignals& signals,
                    const std::function<void(const Communicator&)>& lead,
                    const std::function<void(const Communicator&)>& train);

/// Returns a function that has the other ranks train groups and then dismisses them. The arguments must
/// outlive it.
TrainGroups leader_of(const Communicator& communicator, const Experiment& experiment, const Setup& setup,
                      const StopSignals& signals);

/// Restricts `setup` to a training rank's share of its machine: its share of the devices and, without
/// --lanes on the CPU, one lane for each core of its share.
void take_local_share(const Communicator& communicator, const SetupFlags& flags, Setup& setup);

/// Trains the groups that the leader orders, made of `runs`, the runs of the experiment. Sends the leader
/// snapshots every `interval`. `on_run` may be empty.
void train_for_leader(const Communicator& communicator, const Experiment& experiment,
                      const std::vector<RunSpec>& runs, const Setup& setup, const PlanOptions& options,
                      const std::function<void(const RunRecord&, const Weights&)>& on_run,
                      const SnapshotInterval& interval, const StopSignals& signals);

}  // namespace gpu_sweep
