// gpu_sweep run under mpirun or srun: rank 0 hands out groups and stores finished runs, and the other ranks
// train.
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

/// Returns the job that this process belongs to, if there is one. Throws Error(kUsage) on rank 0 of a job if
/// --profile or --shard is given. (With --shard, every process would train the same shard; the other ranks
/// then wait for the end of the job and do not return.)
std::optional<Launch> find_cluster(const SetupFlags& flags);

/// Returns whether this process prints for the user. It does so if it belongs to no job or is rank 0.
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

/// Restricts `setup` to the share of the machine that belongs to this training rank. The share consists of
/// some of the devices. On the CPU without --lanes, it has one lane for each core of this rank.
void take_local_share(const Communicator& communicator, const SetupFlags& flags, Setup& setup);

/// Trains the groups that the leader, rank 0, orders. They consist of `runs`, which are the runs of the
/// experiment. Sends snapshots to the leader every `interval`. If `on_run` is not empty, calls it with each
/// finished run.
void train_for_leader(const Communicator& communicator, const Experiment& experiment,
                      const std::vector<RunSpec>& runs, const Setup& setup, const PlanOptions& options,
                      const std::function<void(const RunRecord&, const Weights&)>& on_run,
                      const SnapshotInterval& interval, const StopSignals& signals);

}  // namespace gpu_sweep
