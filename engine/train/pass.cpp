#include "engine/train/pass.h"

#include <algorithm>

namespace gpu_sweep {
namespace {

using Seconds = std::chrono::duration<double>;
constexpr double kSecondsBetweenLooks = 0.1;

/// Returns the number of steps per full launch, at most `most`, with which a pass of `steps` takes the fewest
/// launches. If several numbers qualify, picks the one with the fewest steps in the two programs together
/// (full launch and rest): every step in a program takes time to compile and, on a GPU, memory.
int steps_of_launch(int steps, int most) {
  const auto launches = [steps](int size) { return (steps + size - 1) / size; };
  int best = std::clamp(most, 1, steps);
  const int fewest = launches(best);
  for (int size = best; size > 0 && launches(size) == fewest; --size) {
    if (size + steps % size < best + steps % best) best = size;
  }
  return best;
}

}  // namespace

bool Patience::ends_before(double seconds) {
  if (!stop_.stop_requested()) return false;
  const auto now = Clock::now();
  if (!deadline_) deadline_ = now + std::chrono::duration_cast<Clock::duration>(Seconds(kSeconds));
  return now + Seconds(seconds) > *deadline_;
}

Pass::Pass(Lane& lane, const Buffer& dataset, const Buffer& arena, const Program& begin, const Program& step,
           int steps) {
  const int repeats = steps_of_launch(steps, lane.traits().steps_per_launch);
  begin_ = lane.compile(begin, dataset, arena, 1);
  steps_ = lane.compile(step, dataset, arena, repeats);
  full_launches_ = steps / repeats;
  if (const int rest = steps % repeats; rest > 0) {
    rest_ = lane.compile(step, dataset, arena, rest);
    rest_share_ = static_cast<double>(rest) / repeats;
  }
}

/// Queues `count` launches, starting with number `first`. Returns the work that was queued: 1 for each full
/// launch, and rest_share_ for the shorter last one.
double Pass::launch(Lane& lane, int first, int count) const {
  const int full = std::min(count, full_launches_ - first);
  if (full > 0) lane.run(steps_, full);
  if (full == count) return full;
  lane.run(rest_, 1);
  return full + rest_share_;
}

/// If a stop is possible, checks for it every kSecondsBetweenLooks, or after every launch if one takes
/// longer, so that the queue never holds more than a moment's work.
void Pass::run(Lane& lane, Patience& patience) {
  lane.run(begin_, 1);
  if (!patience.may_end()) {
    launch(lane, 0, launches());
    return;
  }
  for (int done = 0; done < launches();) {
    const int left = launches() - done;
    if (patience.ends_before(left * seconds_per_launch_)) throw Abandoned();
    const bool paced = seconds_per_launch_ > 0;
    const int count =
        paced ? static_cast<int>(std::clamp<double>(kSecondsBetweenLooks / seconds_per_launch_, 1, left)) : 1;
    const auto start = std::chrono::steady_clock::now();
    const double work = launch(lane, done, count);
    done += count;
    if (done == launches() && paced) return;  // reading the results synchronizes
    lane.wait();
    seconds_per_launch_ = Seconds(std::chrono::steady_clock::now() - start).count() / work;
  }
}

}  // namespace gpu_sweep
