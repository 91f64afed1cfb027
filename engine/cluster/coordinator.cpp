#include "engine/cluster/coordinator.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <utility>

#include "engine/cluster/local_share.h"
#include "engine/cluster/message.h"
#include "engine/cluster/snapshot_message.h"
#include "engine/store/database/experiment_changes.h"
#include "engine/store/database/experiment_json.h"
#include "engine/sweep/run_writer.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(10);  // how long to wait for silent ranks after a stop

struct Trainer {
  std::string name;  ///< in error messages
  std::size_t capacity = 0;
  std::size_t in_hand = 0;
  bool greeted = false;
  bool dismissed = false;
  bool stopped = false;
  SnapshotParts parts;  ///< of the snapshot being received
  Trained finished;     ///< the runs received so far of those that were trained together
};

/// Returns the differences because of which two processes cannot share a store. Returns "" if each of them
/// could continue the other's store.
std::string differences(const StoredExperiment& ours, const StoredExperiment& theirs) {
  std::vector<std::string> changes = experiment_changes(ours, theirs.experiment, theirs.provenance);
  if (changes.empty()) changes = experiment_changes(theirs, ours.experiment, ours.provenance);
  return in_one_line(changes);
}

[[noreturn]] void rethrow(const std::string& name, const Failure& failure) {
  const std::string text = name + ": " + failure.text;
  for (const ExitCode code : {ExitCode::kUsage, ExitCode::kData, ExitCode::kDevice, ExitCode::kOutput,
                              ExitCode::kBusy, ExitCode::kCorrupt}) {
    if (failure.code == static_cast<int>(code)) throw Error(code, text);
  }
  throw std::runtime_error(text);
}

class Leader {
 public:
  Leader(const Communicator& communicator, const std::vector<GroupSpec>& groups, const StoredExperiment& ours,
         const SweepEvents& events)
      : communicator_(communicator),
        groups_(groups),
        ours_(ours),
        events_(events),
        writer_(events, mutex_, [this](const std::exception_ptr& error) {
          const std::lock_guard lock(mutex_);
          error_ = error;
        }) {
    trainers_.resize(static_cast<std::size_t>(communicator.size));
    for (std::size_t i = 0; i < trainers_.size(); ++i) trainers_[i].name = "rank " + std::to_string(i);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      left_.push_back(groups[g].runs.size());
      for (const RunSpec& run : groups[g].runs) waited_for_[run.key] = g;
    }
    owners_.resize(groups.size(), kLeader);
  }

  SweepResult work(const std::stop_token& stop) {
    try {
      lead(stop);
    } catch (...) {
      keep_what_came_in();
      throw;
    }
    const int runs = keep_what_came_in();
    rethrow_error();
    return {runs};
  }

 private:
  void lead(const std::stop_token& stop) {
    for (int dismissed = 0; dismissed < communicator_.size - 1;) {
      rethrow_error();
      if (stop.stop_requested()) {
        stop_ranks();
        if (all_have_stopped() || Clock::now() - last_heard_ > kPatience) break;
      }
      const std::optional<Incoming> incoming = communicator_.receive();
      if (!incoming) {
        std::this_thread::sleep_for(kIdle);
        continue;
      }
      last_heard_ = Clock::now();
      from_ = incoming->from;
      std::visit([this](const auto& message) { take(message); }, understand(incoming->bytes));
      if (!stopping_ && works(sender()) && hand_out()) ++dismissed;
    }
  }

  /// Keeps all finished runs that have been received. These include the runs of groups that are incomplete
  /// because a rank fell silent or the job failed. Returns the total number of runs kept.
  int keep_what_came_in() {
    for (Trainer& trainer : trainers_) keep_finished(trainer);
    return writer_.finish();
  }

  void rethrow_error() {
    const std::lock_guard lock(mutex_);
    if (error_) std::rethrow_exception(error_);
  }

  Trainer& sender() { return trainers_.at(static_cast<std::size_t>(from_)); }

  static bool works(const Trainer& trainer) {
    return trainer.greeted && !trainer.dismissed && !trainer.stopped;
  }

  void stop_ranks() {
    if (stopping_) return;
    stopping_ = true;
    last_heard_ = Clock::now();
    for (std::size_t rank = 0; rank < trainers_.size(); ++rank) {
      if (works(trainers_[rank])) communicator_.send(static_cast<int>(rank), encode(Stop{}));
    }
  }

  bool all_have_stopped() const { return std::none_of(trainers_.begin(), trainers_.end(), works); }

  [[noreturn]] void fail(const std::string& what) { throw std::runtime_error(sender().name + ": " + what); }

  Message understand(const std::vector<std::byte>& bytes) {
    try {
      return decode(bytes);
    } catch (const std::invalid_argument& error) {
      fail(error.what());
    }
  }

  void take(const Hello& hello) {
    if (sender().greeted) fail("greeted twice");
    sender().name += " on " + hello.host;
    StoredExperiment theirs;
    try {
      theirs.experiment = experiment_from_json(nlohmann::ordered_json::parse(hello.experiment));
      theirs.provenance = provenance_from_json(nlohmann::ordered_json::parse(hello.provenance));
    } catch (const std::exception& error) {
      fail(error.what());
    }
    if (const std::string list = differences(ours_, theirs); !list.empty()) {
      throw Error(ExitCode::kUsage, sender().name + " has a different experiment from rank 0: " + list);
    }
    sender().capacity = hello.groups;
    sender().greeted = true;
    if (stopping_) communicator_.send(from_, encode(Stop{}));
  }

  void take(const EpochDone& done) {
    check_owned(done.group);
    const std::lock_guard lock(mutex_);
    if (events_.on_epoch) events_.on_epoch(groups_[done.group], static_cast<int>(done.epochs));
  }

  void take(const RunDone& done) {
    const auto place = waited_for_.find(done.row.key);
    if (place == waited_for_.end()) fail("sent a run that was not expected");
    const std::size_t group = place->second;
    check_owned(group);
    RunRecord run;
    try {
      run = from_row(done.row);
    } catch (const std::invalid_argument& error) {
      fail(error.what());
    }
    waited_for_.erase(place);
    sender().finished.records.push_back(std::move(run));
    if (done.last) keep_finished(sender());
    if (--left_[group] == 0) --sender().in_hand;
  }

  void keep_finished(Trainer& trainer) {
    if (trainer.finished.records.empty()) return;
    trainer.finished.weights.resize(trainer.finished.records.size());
    writer_.push(std::exchange(trainer.finished, {}));
  }

  void take(const SnapshotPart& part) {
    std::optional<Snapshot> snapshot;
    try {
      snapshot = sender().parts.add(part);
    } catch (const std::invalid_argument& error) {
      fail(error.what());
    }
    if (!snapshot) return;
    const auto place = waited_for_.find(snapshot->key);
    if (place == waited_for_.end()) fail("sent a snapshot that was not expected");
    check_owned(place->second);
    const std::lock_guard lock(mutex_);
    if (events_.snapshots.keep) events_.snapshots.keep({std::move(*snapshot)});
  }

  void take(const Stop&) {
    if (!works(sender())) fail("stopped, but was not at work");
    sender().stopped = true;
  }

  void take(const Failure& failure) { rethrow(sender().name, failure); }
  void take(const GroupOrder&) { fail("sent an order"); }
  void take(const Dismissal&) { fail("sent a dismissal"); }

  void check_owned(std::size_t group) {
    if (group >= groups_.size() || owners_[group] != from_) fail("works on a group that it was not given");
  }

  /// Gives the sender as many groups as it can train now. If the sender then has no group in hand, dismisses
  /// it and returns true.
  bool hand_out() {
    Trainer& trainer = sender();
    for (; trainer.in_hand < trainer.capacity && next_ < groups_.size(); ++next_, ++trainer.in_hand) {
      GroupOrder order;
      order.group = static_cast<std::uint32_t>(next_);
      order.replicas = static_cast<std::uint32_t>(groups_[next_].replicas);
      for (const RunSpec& run : groups_[next_].runs) order.keys.push_back(run.key);
      if (events_.snapshots.load && groups_[next_].epochs_done > 0) {
        for (const RunSpec& run : groups_[next_].runs) send(load(run));
        order.epochs_done = static_cast<std::uint32_t>(groups_[next_].epochs_done);
      }
      owners_[next_] = from_;
      communicator_.send(from_, encode(order));
    }
    if (trainer.in_hand > 0) return false;
    communicator_.send(from_, encode(Dismissal{}));
    trainer.dismissed = true;
    return true;
  }

  Snapshot load(const RunSpec& run) {
    const std::lock_guard lock(mutex_);
    return events_.snapshots.load(run);
  }

  void send(const Snapshot& snapshot) {
    for (const SnapshotPart& part : pack(snapshot)) communicator_.send(from_, encode(part));
  }

  const Communicator& communicator_;
  const std::vector<GroupSpec>& groups_;
  const StoredExperiment& ours_;
  const SweepEvents& events_;
  std::vector<Trainer> trainers_;                  // by rank; the leader's own entry is unused
  std::map<std::string, std::size_t> waited_for_;  // the group of each outstanding run, by the run's key
  std::vector<std::size_t> left_;                  // number of outstanding runs, by group
  std::vector<int> owners_;                        // by group; kLeader: not handed out yet
  std::size_t next_ = 0;
  int from_ = 0;  // the sender of the current message
  bool stopping_ = false;
  Clock::time_point last_heard_;
  std::mutex mutex_;  // guards error_ and the events, except for SweepEvents::keep
  std::exception_ptr error_;
  RunWriter writer_;  // declared last, because it uses the members above
};

}  // namespace

SweepResult coordinate(const Communicator& communicator, const std::vector<GroupSpec>& groups,
                       const StoredExperiment& ours, const SweepEvents& events, const std::stop_token& stop) {
  return Leader(communicator, groups, ours, events).work(stop);
}

}  // namespace gpu_sweep
