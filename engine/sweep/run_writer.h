// Keeps finished groups on a thread beside the lanes.
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

/// Keeps finished groups, each as a whole and in the order pushed, on its own thread, and reports their runs
/// once they are kept. `push` may be called from several threads.
class RunWriter {
 public:
  /// The most groups that are pushed and not kept yet, including the one being kept.
  static constexpr std::size_t kMostGroups = 2;

  /// Calls `events` with `events_mutex` locked, except for `keep`, which may take long. After an error, keeps
  /// nothing more and passes the error to `on_error` with no lock held.
  RunWriter(const SweepEvents& events, std::mutex& events_mutex,
            std::function<void(std::exception_ptr)> on_error);
  ~RunWriter();  ///< calls `finish`
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;

  /// Waits while kMostGroups groups are not kept yet. After an error, drops the group.
  void push(Trained group);

  /// Waits until all pushed groups are kept, or dropped after an error. Returns the number of runs kept.
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
  std::thread thread_;  // last: it uses all other members
};

}  // namespace gpu_sweep
