// The part of a rank that trains: takes groups from the leader and sends back runs.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/cluster/communicator.h"
#include "engine/cluster/message.h"
#include "engine/sweep/scheduler.h"

namespace gpu_sweep {

struct Work {
  /// The group that is meant. Throws where it cannot be made of the runs that are known here.
  std::function<GroupSpec(const GroupOrder&)> group;
  /// `run_groups` with all but these bound.
  std::function<void(const GroupSource&, const SweepEvents&, const std::stop_token&)> train;
  /// Told of every run before the leader is; may be empty. Wants weights if it is not.
  std::function<void(const RunRecord&, const Weights&)> on_run;
  SnapshotInterval snapshots = {};  ///< when the leader gets them to keep; unless never, also at a stop
  /// After a stop: how long the leader may take to keep what it was sent and to end the job.
  std::chrono::milliseconds patience = std::chrono::seconds(30);
};

/// Greets the leader and trains what it is sent until it is dismissed. Where `stop` is requested or the
/// leader says so, it stops, sends what its runs have come to and waits for the end of the job, but not
/// beyond `patience`: the caller then ends the process. What `work` throws is sent to the leader, which ends
/// the job.
void serve(const Communicator& communicator, const Hello& hello, const Work& work,
           const std::stop_token& stop);

/// Tells the leader why this rank cannot take part, and waits for the end of the job or for `stop`.
void give_up(const Communicator& communicator, const Failure& failure, const std::stop_token& stop);

/// The exception in hand as the leader is to hear of it.
Failure current_failure();

}  // namespace gpu_sweep
