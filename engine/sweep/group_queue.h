// The queue of groups for the lanes, each of which trains one group at a time. It draws the initial weights
// of the next group in advance.
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

#include "engine/train/group_start.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/scheduler.h"

namespace gpu_sweep {

/// Takes groups from a source on its own thread, one group ahead of the lanes, and draws the weights of this
/// group while the lanes train. `pop` and `give_back` may be called from several threads.
class GroupQueue {
 public:
  /// The largest number of bytes of weights that are drawn in advance. The weights of a larger group are
  /// drawn by its trainer, run by run.
  static constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

  /// `draws` returns whether a group begins with weights that are drawn from its seeds.
  GroupQueue(const GroupSource& next, std::function<bool(const GroupSpec&)> draws, std::stop_token ended);
  ~GroupQueue();  ///< first, a stop of `ended` must be requested or the source must be exhausted
  GroupQueue(const GroupQueue&) = delete;
  GroupQueue& operator=(const GroupQueue&) = delete;

  /// Waits for the next group. Returns nothing if no groups are left or if the sweep has ended. Rethrows
  /// exceptions of the source. If a lane is already waiting when a group arrives, the weights of this group
  /// are not drawn in advance.
  std::optional<GroupStart> pop();

  /// Puts `groups` at the front of the queue.
  void give_back(std::vector<GroupStart> groups);

 private:
  void fetch();
  bool is_to_draw(const GroupSpec& group) const;

  const GroupSource& next_;
  const std::function<bool(const GroupSpec&)> draws_;
  const std::stop_token ended_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<GroupStart> returned_;
  std::optional<GroupStart> ahead_;
  bool drawing_ = false;    // whether the weights of ahead_ are being drawn
  bool exhausted_ = false;  // whether no group follows ahead_
  int waiting_ = 0;         // number of lanes that wait in pop
  std::exception_ptr error_;
  std::jthread thread_;  // declared last, because it uses all other members
};

}  // namespace gpu_sweep
