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

/// Returns the job that this process belongs to, if any. Throws Error(kUsage) on rank 0 of a job for
/// --profile and for --shard (every process would train the same shard).
std::optional<Launch> find_cluster(const SetupFlags& flags);

/// Returns whether this process prints for the user, because it belongs to no job or is rank 0.
bool leads(const std::optional<Launch>& launch);

/// Joins the job and calls `lead` on rank 0 and `train` on the other ranks. If either throws an error, rank 0
/// reports it once and ends the job with the exit code of that error. `signals` must have been constructed
/// before MPI and device libraries start threads.
void run_in_cluster(const Launch& launch, const StopSignals& signals,
                    const std::function<void(const Communicator&)>& lead,
                    const std::function<void(const Communicator&)>& train);

/// Returns a function that makes the other ranks train groups and then dismisses them. The arguments must
/// outlive the function.
TrainGroups leader_of(const Communicator& communicator, const Experiment& experiment, const Setup& setup,
                      const StopSignals& signals);

/// Restricts `setup` to this training rank's share of its machine: some of the devices and, on the CPU
/// without --lanes, one lane for each of its cores.
void take_local_share(const Communicator& communicator, const SetupFlags& flags, Setup& setup);

/// Trains the groups that the leader orders, which consist of `runs`, the runs of the experiment. Sends
/// snapshots to the leader every `interval`. Calls `on_run`, unless it is empty, with each finished run.
void train_for_leader(const Communicator& communicator, const Experiment& experiment,
                      const std::vector<RunSpec>& runs, const Setup& setup, const PlanOptions& options,
                      const std::function<void(const RunRecord&, const Weights&)>& on_run,
                      const SnapshotInterval& interval, const StopSignals& signals);

}  // namespace gpu_sweep
