#include "apps/gpu_sweep/training/cluster.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "apps/gpu_sweep/output.h"
#include "engine/cluster/coordinator.h"
#include "engine/cluster/launch.h"
#include "engine/cluster/local_share.h"
#include "engine/store/database/experiment_json.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

std::string host_name() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) return "unknown host";
  return host.data();
}

/// Used by a rank other than 0 if the job cannot start. Waits five seconds for the job to end, and then ends
/// this process. Prints nothing, because rank 0 fails for the same reason and reports it.
[[noreturn]] void wait_for_the_end() {
  std::this_thread::sleep_for(std::chrono::seconds(5));
  die_of(SIGTERM);
}

void lead_job(const Communicator& communicator, const std::function<void(const Communicator&)>& lead) {
  bool finished = false;
  Communicator own = communicator;
  own.finish = [&] {
    communicator.finish();
    finished = true;
  };
  Failure failure;
  try {
    return lead(own);
  } catch (const Interrupted& interrupted) {
    // A launcher forwards SIGINT, SIGTERM and SIGHUP to every rank. Any other signal may have reached only
    // this rank.
    if (!is_command(interrupted.signal)) {
      communicator.abort(interrupted.signal == 0 ? kStoppedByClock : 128 + interrupted.signal);
    }
    throw;
  } catch (...) {
    if (finished) throw;  // the job is over, so an error is handled as in a single process
    failure = current_failure();
  }
  report_error(failure.text);
  communicator.abort(failure.code);
}

void train_in_job(const Communicator& communicator, const StopSignals& signals,
                  const std::function<void(const Communicator&)>& train) {
  Failure failure;
  try {
    train(communicator);
    if (!signals.stopped()) return communicator.finish();
  } catch (...) {
    failure = current_failure();
  }
  if (!signals.stopped()) give_up(communicator, failure, signals.token());
  throw *signals.stopped();
}

/// Plans the group that the leader has ordered. `order` lists the keys of its runs.
GroupSpec group_of(const GroupOrder& order, const std::map<std::string, RunSpec>& by_key,
                   const Dataset& dataset, PlanOptions options) {
  std::vector<RunSpec> runs;
  for (const std::string& key : order.keys) {
    const auto run = by_key.find(key);
    if (run == by_key.end())
      throw Error(ExitCode::kUsage, "rank 0 ordered a run that is not in the experiment");
    runs.push_back(run->second);
  }
  options.replicas_per_group = static_cast<int>(order.replicas);
  std::vector<GroupSpec> groups = plan_groups(std::move(runs), dataset, options, {}, [&](const std::string&) {
    return static_cast<int>(order.epochs_done);
  });
  if (groups.size() != 1)
    throw Error(ExitCode::kUsage, "rank 0 ordered a group of runs that cannot share one");
  return std::move(groups.front());
}

}  // namespace

std::optional<Launch> find_cluster(const SetupFlags& flags) {
  std::optional<Launch> launch = find_launch([](const char* name) { return std::getenv(name); });
  if (launch && flags.shard) {
    if (!leads(launch)) wait_for_the_end();
    throw Error(ExitCode::kUsage, "--shard: found " + std::to_string(launch->size) + " processes of one " +
                                      launch->by +
                                      ", expected one: without --shard they train the experiment together");
  }
  if (launch && flags.profile && leads(launch)) {
    throw Error(ExitCode::kUsage,
                "--profile: found " + std::to_string(launch->size) + " processes, expected one");
  }
  return launch;
}

bool leads(const std::optional<Launch>& launch) { return !launch || launch->rank == kLeader; }

void run_in_cluster(const Launch& launch, const StopSignals& signals,
                    const std::function<void(const Communicator&)>& lead,
                    const std::function<void(const Communicator&)>& train) {
  Communicator communicator;
  try {
    communicator = join_cluster(launch);
  } catch (const Error&) {
    if (leads(launch)) throw;
    wait_for_the_end();
  }
  if (communicator.rank == kLeader) {
    lead_job(communicator, lead);
  } else {
    train_in_job(communicator, signals, train);
  }
}

TrainGroups leader_of(const Communicator& communicator, const Experiment& experiment, const Setup& setup,
                      const StopSignals& signals) {
  return [&](const std::vector<GroupSpec>& groups, const SweepEvents& events) {
    if (!setup.quiet && !groups.empty()) {
      say("rank 0 leads, " + (communicator.size == 2
                                  ? "1 rank trains"
                                  : std::to_string(communicator.size - 1) + " ranks train"));
    }
    const StoredExperiment ours{experiment, make_provenance(setup), 0};
    return coordinate(communicator, groups, ours, events, signals.token());
  };
}

void take_local_share(const Communicator& communicator, const SetupFlags& flags, Setup& setup) {
  const LocalShare share = local_share(communicator.peers, communicator.rank);
  if (!flags.lanes && setup.device().device_kind == "cpu") setup.lanes = share.cores;
  setup.devices.indices = devices_of(setup.devices.indices, share);
}

void train_for_leader(const Communicator& communicator, const Experiment& experiment,
                      const std::vector<RunSpec>& runs, const Setup& setup, const PlanOptions& options,
                      const std::function<void(const RunRecord&, const Weights&)>& on_run,
                      const SnapshotInterval& interval, const StopSignals& signals) {
  Hello hello;
  hello.host = host_name();
  hello.experiment = to_json(experiment).dump();
  hello.provenance = to_json(make_provenance(setup)).dump();
  hello.groups =
      static_cast<std::uint32_t>(setup.lanes) * static_cast<std::uint32_t>(setup.devices.indices.size());

  std::map<std::string, RunSpec> by_key;
  for (const RunSpec& run : runs) by_key.emplace(run.key, run);  // of models that share a run, the first
  Work work;
  work.group = [&](const GroupOrder& order) { return group_of(order, by_key, setup.dataset, options); };
  work.train = [&](const GroupSource& next, SweepEvents events, const std::stop_token& stop) {
    events.on_remark = [](const std::string& line) { warn(host_name() + ": " + line); };
    run_groups(next, setup.dataset, setup.devices,
               {.lanes = setup.lanes,
                .lane_options = setup.lane_options,
                .events = std::move(events),
                .stop = stop});
  };
  work.on_run = on_run;
  work.snapshots = interval;
  serve(communicator, hello, work, signals.token());
}

}  // namespace gpu_sweep
