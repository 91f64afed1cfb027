// Keeps finished groups, on a thread beside those that train.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "gpu_sweep/run_record.h"
#include "gpu_sweep/scheduler.h"

namespace gpu_sweep {

/// Keeps finished groups on its own thread, each group as a whole and in the order of the calls of `push`.
/// After a group is kept, reports its runs. `push` may be called from several threads.
class RunWriter {
 public:
  /// The largest number of groups that have been pushed and are not yet kept. The group that is being kept
  /// counts.
  static constexpr std::size_t kMostGroups = 2;

  /// All callbacks in `events` are called with `events_mutex` locked, except for `keep`, which may take long.
  /// After an error, no more groups are kept, and the error is passed to `on_error` while no lock is held.
  RunWriter(const SweepEvents& events, std::mutex& events_mutex,
            std::function<void(std::exception_ptr)> on_error);
  ~RunWriter();  ///< calls `finish`
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;

  /// Waits as long as kMostGroups groups are not yet kept. After an error, the group is dropped.
  void push(Trained group);

  /// Waits until all pushed groups are kept, or dropped after an error. Returns the number of runs that were
  /// kept.
  int finish();

 private:
  void work();
  void keep(const Trained& group);

  const SweepEvents& events_;
  std::mutex& events_mutex_;
  const std::function<void(std::exception_ptr)> on_error_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Trained> groups_;  // the first is being kept
  bool closed_ = false;
  bool failed_ = false;
  int runs_kept_ = 0;
  std::thread thread_;  // declared last, because it uses all other members
};

}  // namespace gpu_sweep
