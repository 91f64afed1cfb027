// A thread that runs tasks in order.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace gpu_sweep {

/// Runs tasks one after the other on its own thread. After a task has thrown an exception, all later tasks
/// are dropped, and every `wait` throws this exception.
class WorkQueue {
 public:
  /// `on_start` is the first thing that runs on the thread.
  explicit WorkQueue(std::function<void()> on_start);
  ~WorkQueue();  ///< drops tasks that have not started
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
  std::thread thread_;  // declared last, so that it starts when all other members exist
};

}  // namespace gpu_sweep
