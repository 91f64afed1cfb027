// Finished groups on their way to whoever keeps them, beside the lanes.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "engine/sweep/scheduler.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

/// Keeps finished groups, each as a whole and in the order in which they came, on a thread of its own, and
/// tells of their runs once they are kept. `push` may be called from several threads.
class RunWriter {
 public:
  /// Most groups that are trained and not kept yet, that in work among them.
  static constexpr std::size_t kMostGroups = 2;

  /// `events` are called with `events_mutex` locked, but for `keep`, which takes its time. Nothing is kept
  /// after an error; `on_error` is told of it, with no lock held.
  RunWriter(const SweepEvents& events, std::mutex& events_mutex,
            std::function<void(std::exception_ptr)> on_error);
  ~RunWriter();  ///< as `finish`
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;

  /// Waits while there are kMostGroups. Drops the group after an error.
  void push(Trained group);

  /// Returns when all that was pushed is kept, or not to be kept after an error; how many runs are.
  int finish();

 private:
  void work();
  void keep(const Trained& group);

  const SweepEvents& events_;
  std::mutex& events_mutex_;
  const std::function<void(std::exception_ptr)> on_error_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Trained> groups_;  // the first of them in work
  bool closed_ = false;
  bool failed_ = false;
  int runs_kept_ = 0;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace gpu_sweep
