// The leader's part of a job: hands out groups and takes in runs.
#pragma once

#include <stop_token>
#include <vector>

#include "engine/cluster/communicator.h"
#include "engine/store/run_store.h"
#include "engine/sweep/scheduler.h"

namespace gpu_sweep {

/// Has all groups trained by the other ranks, in the order of the list, each rank holding as many as it said
/// it trains at a time. Returns when every group is done and every rank dismissed. When `stop` is requested
/// it has all ranks stop, keeps the snapshots that they send then, and returns, also where they fall silent:
/// the caller then ends the job. Events come as from `run_groups`, without weights; a rank that begins a
/// group with `epochs_done` is sent its snapshots, and those that ranks take are kept one by one. Throws what
/// an event throws; Error(kUsage) where a rank would train another experiment than `ours`, with the
/// difference; the error that a rank met, with the rank's number and host before it; std::runtime_error for
/// messages that make no sense.
SweepResult coordinate(const Communicator& communicator, const std::vector<GroupSpec>& groups,
                       const StoredExperiment& ours, const SweepEvents& events, const std::stop_token& stop);

}  // namespace gpu_sweep
