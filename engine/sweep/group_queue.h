// Groups on their way to the lanes, with the initial weights of the next one drawn ahead.
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

#include "engine/model/weights.h"
#include "engine/sweep/scheduler.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// A group and the initial weights of its runs; without weights where the group's trainer is to draw them.
struct QueuedGroup {
  GroupSpec group;
  std::vector<Weights> initial;
};

/// Takes groups from a source on a thread of its own, one ahead of the lanes, and draws that one's weights
/// while the lanes train. The lanes' side may be called from several threads.
class GroupQueue {
 public:
  /// Most bytes of weights that are drawn ahead; more stay with the trainer, which draws run by run.
  static constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

  /// `draws` says of a group whether it begins with weights drawn from its seeds.
  GroupQueue(const GroupSource& next, std::function<bool(const GroupSpec&)> draws, std::stop_token ended);
  ~GroupQueue();  ///< `ended` must be requested or the source be exhausted
  GroupQueue(const GroupQueue&) = delete;
  GroupQueue& operator=(const GroupQueue&) = delete;

  /// Waits for the next group; nothing where none are left or the sweep has ended. Rethrows what the source
  /// has thrown. A lane that waits gets a group whose weights nobody has begun to draw.
  std::optional<QueuedGroup> pop();

  /// These come next.
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
  int waiting_ = 0;         // lanes
  std::exception_ptr error_;
  std::jthread thread_;  // last: it uses all the others
};

}  // namespace gpu_sweep
