// gpu_sweep run as one of the processes of mpirun or srun: rank 0 leads and keeps, the others train.
#pragma once

#include <functional>
#include <optional>

#include "apps/gpu_sweep/setup.h"
#include "apps/gpu_sweep/stop_signals.h"
#include "apps/gpu_sweep/train_runs.h"
#include "engine/cluster/communicator.h"
#include "engine/cluster/launch.h"
#include "engine/cluster/worker.h"

namespace gpu_sweep {

/// The processes that train `flags` together; nothing for one that is alone. Throws
/// Error(kUsage) on rank 0 where they were given a shard: each would train the same.
std::optional<Launch> find_cluster(const SetupFlags& flags);

/// Whether this process speaks to the user: it is alone, or rank 0.
bool leads(const std::optional<Launch>& launch);

/// Joins the job and calls `lead` on rank 0 and `train` on the others. An error of either is told once, by
/// rank 0, and ends the job with its exit code. `signals` were made before.
void run_in_cluster(const Launch& launch, const StopSignals& signals,
                    const std::function<void(const Communicator&)>& lead,
                    const std::function<void(const Communicator&)>& train);

/// Has groups trained by the other ranks, and dismisses them. The arguments must outlive it.
TrainGroups leader_of(const Communicator& communicator, const Experiment& experiment, const Setup& setup,
                      const StopSignals& signals);

/// What a rank that trains takes of its machine: its share of the cores as lanes where nobody gave a number,
/// and of the devices.
void take_local_share(const Communicator& communicator, const SetupFlags& flags, Setup& setup);

/// Trains what the leader sends out of `runs`, those of the experiment, and sends it snapshots every
/// `interval`. `on_run` may be empty.
void train_for_leader(const Communicator& communicator, const Experiment& experiment,
                      const std::vector<RunSpec>& runs, const Setup& setup, const PlanOptions& options,
                      const std::function<void(const RunRecord&, const Weights&)>& on_run,
                      const SnapshotInterval& interval, const StopSignals& signals);

}  // namespace gpu_sweep
