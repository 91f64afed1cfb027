// A trainer's part in a job: it receives groups from the leader and sends runs back.
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
  /// Returns the group that the order describes. Throws if this rank does not know one of its runs.
  std::function<GroupSpec(const GroupOrder&)> group;
  /// `run_groups` with all other parameters bound.
  std::function<void(const GroupSource&, const SweepEvents&, const std::stop_token&)> train;
  /// Called for every run with its weights, before the run is sent to the leader. If the function is empty,
  /// weights are not downloaded from the device.
  std::function<void(const RunRecord&, const Weights&)> on_run;
  /// How often snapshots are sent. Unless this is "never", they are also sent when training is stopped.
  SnapshotInterval snapshots = {};
  /// How long the leader may take, after a stop, to keep what it has received and to end the job.
  std::chrono::milliseconds patience = std::chrono::seconds(30);
};

/// Sends `hello` to the leader, then trains the groups that the leader sends, until the leader dismisses this
/// rank. If `stop` is requested or the leader sends a Stop, stops training, sends the snapshots of its runs
/// (unless Work::snapshots is "never"), and waits at most `patience` for the end of the job; the caller must
/// then end the process. Exceptions of `work` are sent to the leader, which ends the job. Throws
/// std::invalid_argument for invalid messages.
void serve(const Communicator& communicator, const Hello& hello, const Work& work,
           const std::stop_token& stop);

/// Tells the leader why this rank cannot train. Then waits for the end of the job or for `stop`.
void give_up(const Communicator& communicator, const Failure& failure, const std::stop_token& stop);

/// Returns describe_failure() of the exception that is being handled, as a message to the leader.
Failure current_failure();

}  // namespace gpu_sweep
