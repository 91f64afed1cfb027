// The leader's part of a job: hands out groups and collects runs.
#pragma once

#include <stop_token>
#include <vector>

#include "engine/cluster/communicator.h"
#include "gpu_sweep/run_store.h"
#include "gpu_sweep/scheduler.h"

namespace gpu_sweep {

/// Makes the other ranks train all groups, in the order of the list. Each rank gets as many groups at a time
/// as it announced. Returns when every group is done and every rank dismissed. On a stop request, stops all
/// ranks, keeps the snapshots that they then send, and returns even if some fall silent; the caller then ends
/// the job. Before it returns or throws, keeps all finished runs that it has received. Events are those of
/// `run_groups`, without weights. If a group's `epochs_done` is not 0, the rank that trains it first receives
/// the snapshots of its runs. Snapshots sent by ranks are kept run by run, not group by group. Throws what an
/// event throws; Error(kUsage), with the differences, if a rank's experiment differs from `ours`; the error
/// of a rank, prefixed with its number and host; std::runtime_error for invalid messages.
SweepResult coordinate(const Communicator& communicator, const std::vector<GroupSpec>& groups,
                       const StoredExperiment& ours, const SweepEvents& events, const std::stop_token& stop);

}  // namespace gpu_sweep
