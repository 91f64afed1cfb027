#include "engine/cluster/coordinator.h"

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <utility>

#include "engine/cluster/local_share.h"
#include "engine/cluster/message.h"
#include "engine/error.h"
#include "engine/store/experiment_changes.h"
#include "engine/store/experiment_json.h"

namespace gpu_sweep {
namespace {

constexpr auto kIdle = std::chrono::microseconds(500);

struct Trainer {
  std::string name;  ///< as messages call it
  std::size_t capacity = 0;
  std::size_t in_hand = 0;
  bool greeted = false;
  bool dismissed = false;
};

/// What keeps two processes from working on one store: changes either way round.
std::string differences(const StoredExperiment& ours, const StoredExperiment& theirs) {
  std::vector<std::string> changes = experiment_changes(ours, theirs.experiment, theirs.provenance);
  if (changes.empty()) changes = experiment_changes(theirs, ours.experiment, ours.provenance);
  std::string list;
  for (const std::string& change : changes) list += (list.empty() ? "" : "; ") + change;
  return list;
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
         const SweepEvents& events, std::size_t most_snapshot_bytes)
      : communicator_(communicator),
        groups_(groups),
        ours_(ours),
        events_(events),
        most_snapshot_bytes_(most_snapshot_bytes) {
    trainers_.resize(static_cast<std::size_t>(communicator.size));
    for (std::size_t i = 0; i < trainers_.size(); ++i) trainers_[i].name = "rank " + std::to_string(i);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      left_.push_back(groups[g].runs.size());
      for (const RunSpec& run : groups[g].runs) waited_for_[run.key] = g;
    }
    owners_.resize(groups.size(), kLeader);
  }

  SweepResult work(const std::stop_token& stop) {
    for (int dismissed = 0; dismissed < communicator_.size - 1 && !stop.stop_requested();) {
      const std::optional<Incoming> incoming = communicator_.receive();
      if (!incoming) {
        std::this_thread::sleep_for(kIdle);
        continue;
      }
      from_ = incoming->from;
      std::visit([this](const auto& message) { take(message); }, understand(incoming->bytes));
      if (sender().greeted && !sender().dismissed && hand_out()) ++dismissed;
    }
    return {runs_done_};
  }

 private:
  Trainer& sender() { return trainers_.at(static_cast<std::size_t>(from_)); }

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
      throw Error(ExitCode::kUsage, sender().name + " has another experiment than rank 0: " + list);
    }
    sender().capacity = hello.groups;
    sender().greeted = true;
  }

  void take(const EpochDone& done) {
    check_owned(done.group);
    if (events_.on_epoch) events_.on_epoch(groups_[done.group], static_cast<int>(done.epochs));
  }

  void take(const RunDone& done) {
    const auto place = waited_for_.find(done.row.key);
    if (place == waited_for_.end()) fail("sent a run that nobody waits for");
    const std::size_t group = place->second;
    check_owned(group);
    RunRecord run;
    try {
      run = from_row(done.row);
    } catch (const std::invalid_argument& error) {
      fail(error.what());
    }
    waited_for_.erase(place);
    if (events_.on_run) events_.on_run(run, Weights{});
    ++runs_done_;
    if (--left_[group] == 0) --sender().in_hand;
  }

  void take(const SnapshotTaken& taken) {
    Snapshot snapshot;
    try {
      snapshot = unpack(taken);
    } catch (const std::invalid_argument& error) {
      fail(error.what());
    }
    const auto place = waited_for_.find(snapshot.key);
    if (place == waited_for_.end()) fail("sent a snapshot that nobody waits for");
    check_owned(place->second);
    if (events_.snapshots.keep) events_.snapshots.keep({snapshot});
  }

  void take(const Failure& failure) { rethrow(sender().name, failure); }
  void take(const GroupOrder&) { fail("sent an order"); }
  void take(const Dismissal&) { fail("sent a dismissal"); }

  void check_owned(std::size_t group) {
    if (group >= groups_.size() || owners_[group] != from_) fail("works on a group that it was not given");
  }

  /// Gives the sender as much as it can take. Whether it has been dismissed: nothing is left for it.
  bool hand_out() {
    Trainer& trainer = sender();
    for (; trainer.in_hand < trainer.capacity && next_ < groups_.size(); ++next_, ++trainer.in_hand) {
      GroupOrder order;
      order.group = static_cast<std::uint32_t>(next_);
      order.replicas = static_cast<std::uint32_t>(groups_[next_].replicas);
      for (const RunSpec& run : groups_[next_].runs) order.keys.push_back(run.key);
      if (send_snapshots(groups_[next_])) {
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

  /// Whether the sender can go on with `group`: it has been sent all of its snapshots, else none.
  bool send_snapshots(const GroupSpec& group) {
    if (group.epochs_done == 0 || !events_.snapshots.load) return false;
    std::vector<std::vector<std::byte>> messages;
    for (const RunSpec& run : group.runs) {
      const std::optional<SnapshotTaken> taken = pack(events_.snapshots.load(run), most_snapshot_bytes_);
      if (!taken) {
        remark_start_over();
        return false;
      }
      messages.push_back(encode(*taken));
    }
    for (std::vector<std::byte>& message : messages) communicator_.send(from_, std::move(message));
    return true;
  }

  void remark_start_over() {
    if (events_.on_remark && !remarked_) {
      events_.on_remark(
          "snapshots above " + std::to_string(most_snapshot_bytes_) +
          " bytes cannot be sent to the rank that trains: groups with such snapshots start over");
    }
    remarked_ = true;
  }

  const Communicator& communicator_;
  const std::vector<GroupSpec>& groups_;
  const StoredExperiment& ours_;
  const SweepEvents& events_;
  const std::size_t most_snapshot_bytes_;
  std::vector<Trainer> trainers_;                  // by rank; the leader's own is not used
  std::map<std::string, std::size_t> waited_for_;  // group of every run that is to come, by key
  std::vector<std::size_t> left_;                  // runs to come, by group
  std::vector<int> owners_;                        // by group; the leader: nobody yet
  std::size_t next_ = 0;
  int from_ = 0;  // sender of the message in hand
  int runs_done_ = 0;
  bool remarked_ = false;  // that groups start over
};

}  // namespace

SweepResult coordinate(const Communicator& communicator, const std::vector<GroupSpec>& groups,
                       const StoredExperiment& ours, const SweepEvents& events, const std::stop_token& stop,
                       std::size_t most_snapshot_bytes) {
  return Leader(communicator, groups, ours, events, most_snapshot_bytes).work(stop);
}

}  // namespace gpu_sweep
