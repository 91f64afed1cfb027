#include "engine/sweep/run_writer.h"

#include <utility>

namespace gpu_sweep {

RunWriter::RunWriter(const SweepEvents& events, std::mutex& events_mutex,
                     std::function<void(std::exception_ptr)> on_error)
    : events_(events),
      events_mutex_(events_mutex),
      on_error_(std::move(on_error)),
      thread_([this] { work(); }) {}

RunWriter::~RunWriter() { finish(); }

void RunWriter::push(Trained group) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return failed_ || groups_.size() < kMostGroups; });
  if (failed_) return;
  groups_.push_back(std::move(group));
  changed_.notify_all();
}

int RunWriter::finish() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  return runs_kept_;
}

void RunWriter::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closed_ || !groups_.empty(); });
    if (groups_.empty()) return;
    const Trained& group = groups_.front();  // the reference stays valid while others are added
    lock.unlock();
    try {
      keep(group);
    } catch (...) {
      lock.lock();
      failed_ = true;
      groups_.clear();
      changed_.notify_all();
      lock.unlock();
      return on_error_(std::current_exception());
    }
    lock.lock();
    groups_.pop_front();
    changed_.notify_all();
  }
}

void RunWriter::keep(const Trained& group) {
  if (events_.keep) events_.keep(group);
  const std::lock_guard lock(events_mutex_);
  for (std::size_t i = 0; i < group.records.size(); ++i) {
    ++runs_kept_;
    if (events_.snapshots.drop) events_.snapshots.drop(group.records[i]);
    if (events_.on_run) events_.on_run(group.records[i], group.weights[i]);
  }
}

}  // namespace gpu_sweep
