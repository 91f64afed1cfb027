#include "engine/cluster/worker.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/cluster/local_share.h"
#include "engine/cluster/snapshot_message.h"
#include "engine/lane/describe_failure.h"

namespace gpu_sweep {
namespace {

using Clock = std::chrono::steady_clock;

/// The queue of groups from the communicator's thread to the lanes, which train them.
class Inbox {
 public:
  void push(GroupSpec group) {
    const std::lock_guard lock(mutex_);
    groups_.push_back(std::move(group));
    changed_.notify_one();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    groups_.clear();
  }
  /// Waits for a group. Returns nothing once the inbox is closed and empty, or once `stop` is requested.
  std::optional<GroupSpec> pop(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return closed_ || !groups_.empty(); });
    if (groups_.empty() || stop.stop_requested()) return std::nullopt;
    GroupSpec group = std::move(groups_.front());
    groups_.pop_front();
    return group;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<GroupSpec> groups_;
  bool closed_ = false;
};

struct Closing {
  Inbox& inbox;
  ~Closing() { inbox.close(); }
};

/// The queue of messages from the lanes, which train, to the communicator's thread.
class Outbox {
 public:
  void push(std::vector<std::byte> message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
  }
  /// Enqueues all messages, with no other messages between them.
  void push(std::vector<std::vector<std::byte>> messages) {
    const std::lock_guard lock(mutex_);
    for (std::vector<std::byte>& message : messages) messages_.push_back(std::move(message));
  }
  std::deque<std::vector<std::byte>> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(messages_, {});
  }

 private:
  std::mutex mutex_;
  std::deque<std::vector<std::byte>> messages_;
};

class Worker {
 public:
  Worker(const Communicator& communicator, const Work& work) : communicator_(communicator), work_(work) {}

  void serve(const std::stop_token& stop) {
    const std::stop_callback on_stop(stop, [this] { ended_.request_stop(); });
    std::jthread lanes([this] {
      train(ended_.get_token());
      lanes_ended_ = true;
    });
    const Closing closing{inbox_};  // closes the inbox before the thread `lanes` is joined
    try {
      pass_messages();
    } catch (...) {
      // From now on, nothing receives the lanes' results. Stop the lanes, so that the leader learns of the
      // error immediately.
      ended_.request_stop();
      inbox_.clear();
      throw;
    }
  }

 private:
  /// Passes messages on until the leader dismisses this rank. After this rank has reported that its lanes
  /// have stopped, waits at most `patience` for the dismissal.
  void pass_messages() {
    std::optional<Clock::time_point> farewell;
    while (!farewell || Clock::now() - *farewell < work_.patience) {
      bool idle = true;
      const bool over = ended_.stop_requested() && lanes_ended_;  // if so, the outbox holds the last messages
      for (std::vector<std::byte>& message : outbox_.take()) {
        communicator_.send(kLeader, std::move(message));
        idle = false;
      }
      if (over && !farewell) {
        communicator_.send(kLeader, encode(Stop{}));
        farewell = Clock::now();
      }
      while (const std::optional<Incoming> incoming = communicator_.receive()) {
        idle = false;
        const Message message = decode(incoming->bytes);
        if (std::holds_alternative<Dismissal>(message)) {
          return;  // every run has been sent, because the leader does not dismiss a rank earlier
        }
        if (std::holds_alternative<Stop>(message)) {
          ended_.request_stop();
        } else if (const auto* part = std::get_if<SnapshotPart>(&message)) {
          take(*part);
        } else {
          take(std::get<GroupOrder>(message));
        }
      }
      if (idle) std::this_thread::sleep_for(kIdle);
    }
  }

  void take(const GroupOrder& order) {
    try {
      GroupSpec group = work_.group(order);
      {
        const std::lock_guard lock(mutex_);
        for (const RunSpec& run : group.runs) numbers_[run.key] = order.group;
      }
      inbox_.push(std::move(group));
    } catch (...) {
      outbox_.push(encode(current_failure()));
    }
  }

  void take(const SnapshotPart& part) {
    std::optional<Snapshot> snapshot = parts_.add(part);
    if (!snapshot) return;
    const std::lock_guard lock(mutex_);
    begun_[snapshot->key] = std::move(*snapshot);
  }

  void send(const Snapshot& snapshot) {
    std::vector<std::vector<std::byte>> messages;
    for (const SnapshotPart& part : pack(snapshot)) messages.push_back(encode(part));
    outbox_.push(std::move(messages));
  }

  void send(const Trained& group) {
    std::vector<std::vector<std::byte>> messages;
    for (std::size_t i = 0; i < group.records.size(); ++i) {
      if (work_.on_run) work_.on_run(group.records[i], group.weights[i]);
      messages.push_back(encode(RunDone{to_row(group.records[i]), i + 1 == group.records.size()}));
    }
    outbox_.push(std::move(messages));
  }

  SnapshotEvents snapshot_events() {
    SnapshotEvents events;
    events.interval = work_.snapshots;
    if (!work_.snapshots.never()) {
      events.keep = [this](const std::vector<Snapshot>& group) {
        for (const Snapshot& snapshot : group) send(snapshot);
      };
    }
    events.load = [this](const RunSpec& run) {
      const std::lock_guard lock(mutex_);
      return begun_.at(run.key);
    };
    events.drop = [this](const RunRecord& run) {
      const std::lock_guard lock(mutex_);
      begun_.erase(run.key);
    };
    return events;
  }

  std::uint32_t number_of(const GroupSpec& group) {
    const std::lock_guard lock(mutex_);
    return numbers_.at(group.runs.front().key);
  }

  /// Runs the lanes. Called on a separate thread.
  void train(const std::stop_token& stop) {
    SweepEvents events;
    events.wants_weights = static_cast<bool>(work_.on_run);
    events.on_epoch = [this](const GroupSpec& group, int epochs) {
      outbox_.push(encode(EpochDone{number_of(group), static_cast<std::uint32_t>(epochs)}));
    };
    events.keep = [this](const Trained& group) { send(group); };
    events.snapshots = snapshot_events();
    try {
      work_.train([this](const std::stop_token& ended) { return inbox_.pop(ended); }, events, stop);
    } catch (...) {
      outbox_.push(encode(current_failure()));
    }
  }

  const Communicator& communicator_;
  const Work& work_;
  std::stop_source ended_;  // stops the lanes
  std::atomic<bool> lanes_ended_ = false;
  Inbox inbox_;
  Outbox outbox_;
  SnapshotParts parts_;
  std::mutex mutex_;
  // The number of each group received, by the key of each of its runs, because a group may be split later.
  std::map<std::string, std::uint32_t> numbers_;
  std::map<std::string, Snapshot> begun_;  // snapshots from the leader, by key, until the run is done
};

}  // namespace

void serve(const Communicator& communicator, const Hello& hello, const Work& work,
           const std::stop_token& stop) {
  communicator.send(kLeader, encode(hello));
  Worker(communicator, work).serve(stop);
}

void give_up(const Communicator& communicator, const Failure& failure, const std::stop_token& stop) {
  communicator.send(kLeader, encode(failure));
  while (!stop.stop_requested()) {
    communicator.receive();  // gives the library the chance to send the message
    std::this_thread::sleep_for(kIdle);
  }
}

Failure current_failure() {
  const DescribedFailure failure = describe_failure(std::current_exception());
  return {failure.exit_code, failure.text};
}

}  // namespace gpu_sweep
