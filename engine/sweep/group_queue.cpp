#include "engine/sweep/group_queue.h"

#include <iterator>
#include <new>
#include <utility>

#include "engine/model/parameter_layout.h"

namespace gpu_sweep {
namespace {

/// Returns the initial weights of the group. Returns no weights if there is no memory for them.
std::vector<Weights> draw(const GroupSpec& group) {
  try {
    std::vector<Weights> weights;
    weights.reserve(group.runs.size());
    for (const RunSpec& run : group.runs) weights.push_back(initial_weights(group.shape, run.init_seed()));
    return weights;
  } catch (const std::bad_alloc&) {
    return {};
  }
}

}  // namespace

GroupQueue::GroupQueue(const GroupSource& next, std::function<bool(const GroupSpec&)> draws,
                       std::stop_token ended)
    : next_(next), draws_(std::move(draws)), ended_(std::move(ended)), thread_([this] { fetch(); }) {}

GroupQueue::~GroupQueue() = default;

std::optional<GroupStart> GroupQueue::pop() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.wait(lock, ended_, [this] {
    return error_ || !returned_.empty() || (ahead_ && !drawing_) || (!ahead_ && exhausted_);
  });
  --waiting_;
  if (error_) std::rethrow_exception(error_);
  if (ended_.stop_requested()) return std::nullopt;
  if (!returned_.empty()) {
    GroupStart group = std::move(returned_.front());
    returned_.pop_front();
    return group;
  }
  if (!ahead_) return std::nullopt;
  std::optional<GroupStart> group = std::exchange(ahead_, std::nullopt);
  changed_.notify_all();
  return group;
}

void GroupQueue::give_back(std::vector<GroupStart> groups) {
  const std::lock_guard lock(mutex_);
  returned_.insert(returned_.begin(), std::make_move_iterator(groups.begin()),
                   std::make_move_iterator(groups.end()));
  changed_.notify_all();
}

bool GroupQueue::is_to_draw(const GroupSpec& group) const {
  const auto parameters = static_cast<std::uint64_t>(parameter_layout(group.shape).parameters);
  return draws_(group) && parameters * sizeof(float) * group.runs.size() <= kMostBytes;
}

/// Runs on the thread of the queue until the source is exhausted or the sweep ends.
void GroupQueue::fetch() {
  try {
    while (std::optional<GroupSpec> group = next_(ended_)) {
      std::unique_lock lock(mutex_);
      ahead_ = GroupStart{std::move(*group)};
      if (waiting_ == 0 && is_to_draw(ahead_->group)) {
        drawing_ = true;
        lock.unlock();  // while weights are being drawn, no other thread touches the group
        std::vector<Weights> weights = draw(ahead_->group);
        lock.lock();
        ahead_->initial = std::move(weights);
        drawing_ = false;
      }
      changed_.notify_all();
      if (!changed_.wait(lock, ended_, [this] { return !ahead_; })) break;
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    error_ = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  exhausted_ = true;
  changed_.notify_all();
}

}  // namespace gpu_sweep
