// The queue of groups for the lanes. Draws the initial weights of the next group ahead of time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/scheduler.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// A group and the initial weights of its runs; no weights if its trainer must draw them.
struct QueuedGroup {
  GroupSpec group;
  std::vector<Weights> initial;
};

/// Takes groups from a source on its own thread, one ahead of the lanes, and draws the weights of that group
/// while the lanes train. `pop` and `give_back` may be called from several threads.
class GroupQueue {
 public:
  /// The most bytes of weights drawn ahead. The trainer of a larger group draws its weights run by run.
  static constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

  /// `draws` returns whether a group begins with weights drawn from its seeds.
  GroupQueue(const GroupSource& next, std::function<bool(const GroupSpec&)> draws, std::stop_token ended);
  ~GroupQueue();  ///< request a stop of `ended` or exhaust the source first
  GroupQueue(const GroupQueue&) = delete;
  GroupQueue& operator=(const GroupQueue&) = delete;

  /// Waits for the next group. Returns nothing if none are left or the sweep has ended. Rethrows exceptions
  /// of the source. If a lane is already waiting for a group, the weights of that group are not drawn ahead.
  std::optional<QueuedGroup> pop();

  /// Puts these groups at the front of the queue.
  void give_back(const std::vector<GroupSpec>& groups);

 private:
  void fetch();
  bool is_to_draw(const GroupSpec& group) const;

  const GroupSource& next_;
  const std::function<bool(const GroupSpec&)> draws_;
  const std::stop_token ended_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<GroupSpec> returned_;
  std::optional<QueuedGroup> ahead_;
  bool drawing_ = false;    // the weights of ahead_
  bool exhausted_ = false;  // nothing follows ahead_
  int waiting_ = 0;         // number of lanes in pop
  std::exception_ptr error_;
  std::jthread thread_;  // last: it uses all other members
};

}  // namespace gpu_sweep
