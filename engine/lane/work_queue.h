// A thread that does what it is told, in order.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace gpu_sweep {

/// Tasks run one after the other on a thread of the queue's own. After a task has thrown, later ones are
/// dropped and every `wait` throws the same exception.
class WorkQueue {
 public:
  /// `on_start` runs first on the thread.
  explicit WorkQueue(std::function<void()> on_start);
  ~WorkQueue();  ///< drops what has not begun
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  void push(std::function<void()> task);
  void wait();

 private:
  void work(const std::function<void()>& on_start);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool busy_ = false;
  bool closing_ = false;
  std::exception_ptr error_;
  std::thread thread_;  // last: starts when everything else is there
};

}  // namespace gpu_sweep
