#include "engine/study/disk_patience.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

using Clock = std::chrono::steady_clock;

void pause(const std::stop_token& stop, Clock::duration time) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace

DiskPatience::DiskPatience(std::chrono::seconds most, std::stop_token stop,
                           std::function<void(const std::string&)> say)
    : most_(most), stop_(std::move(stop)), say_(std::move(say)) {}

void DiskPatience::write(const std::function<void()>& body) const {
  const Clock::time_point start = Clock::now();
  for (bool said = false;;) {
    try {
      body();
      if (said) say_("there is space on the disk again");
      return;
    } catch (const OutOfSpace& error) {
      if (stop_.stop_requested() || Clock::now() - start >= most_) throw;
      if (!said)
        say_(std::string(error.what()) + ": waiting for space, at most " + std::to_string(most_.count()) +
             " s");
      said = true;
    }
    pause(stop_, std::min<Clock::duration>(std::chrono::seconds(1), most_ - (Clock::now() - start)));
  }
}

}  // namespace gpu_sweep
