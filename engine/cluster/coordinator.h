// The leader's part in a job: it hands out groups and collects runs.
#pragma once

#include <stop_token>
#include <vector>

#include "engine/cluster/communicator.h"
#include "gpu_sweep/run_store.h"
#include "gpu_sweep/scheduler.h"

namespace gpu_sweep {

/// Makes the other ranks train all groups, in the order of the list. A rank has at most as many groups at a
/// time as it announced (Hello::groups). Returns when every group is done and every rank has been dismissed.
/// If a stop is requested, stops all ranks, keeps the snapshots that they then send, and returns even if some
/// ranks fall silent; the caller must then end the job. All finished runs that were received are kept before
/// the function returns or throws, except after an error in `keep`.
/// `events` are those of `run_groups`, but they get no weights. If a group's `epochs_done` is not 0, the rank
/// that trains it first receives the snapshots of its runs. Snapshots that ranks send are kept run by run,
/// not group by group.
/// Throws any exception that an event throws. Throws Error(kUsage), with the differences, if the experiment
/// of a rank differs from `ours`. Throws the error of a rank, with its number in front of the message, and
/// its host if it has sent a Hello. Throws std::runtime_error for invalid messages.
SweepResult coordinate(const Communicator& communicator, const std::vector<GroupSpec>& groups,
                       const StoredExperiment& ours, const SweepEvents& events, const std::stop_token& stop);

}  // namespace gpu_sweep
