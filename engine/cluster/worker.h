// A trainer's part of a job: receives groups from the leader and sends runs back.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/cluster/communicator.h"
#include "engine/cluster/message.h"
#include "gpu_sweep/scheduler.h"

namespace gpu_sweep {

struct Work {
  /// Returns the group that the order describes. Throws if one of its runs is not known here.
  std::function<GroupSpec(const GroupOrder&)> group;
  /// `run_groups` with all other parameters bound.
  std::function<void(const GroupSource&, const SweepEvents&, const std::stop_token&)> train;
  /// Called for every run, with its weights, before the run is sent to the leader. If empty, no weights are
  /// downloaded.
  std::function<void(const RunRecord&, const Weights&)> on_run;
  /// How often snapshots are sent. They are also sent at a stop, unless the interval is "never".
  SnapshotInterval snapshots = {};
  /// How long, after a stop, the leader may take to keep what it has received and to end the job.
  std::chrono::milliseconds patience = std::chrono::seconds(30);
};

/// Greets the leader and trains the groups it receives until it is dismissed. If `stop` is requested or the
/// leader sends a Stop, stops training, sends the state of its runs and waits at most `patience` for the end
/// of the job; the caller then ends the process. Sends exceptions of `work` to the leader, which ends the
/// job. Throws std::invalid_argument for invalid messages.
void serve(const Communicator& communicator, const Hello& hello, const Work& work,
           const std::stop_token& stop);

/// Tells the leader why this rank cannot train. Waits for the end of the job or for `stop`.
void give_up(const Communicator& communicator, const Failure& failure, const std::stop_token& stop);

/// Returns describe_failure() of the exception being handled, as a message to the leader.
Failure current_failure();

}  // namespace gpu_sweep
