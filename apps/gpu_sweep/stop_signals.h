// SIGINT, SIGTERM and SIGHUP ask a sweep to stop in good order.
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <stop_token>
#include <thread>

namespace gpu_sweep {

/// Thrown once everything complete is kept: the program then dies of the signal, so that its parent sees why.
struct Interrupted {
  int signal = 0;
};

/// While one lives, the first of the signals requests a stop and a second one kills at once. Signals that
/// this process was started to ignore it goes on to ignore. Make it before any other thread: threads made
/// later inherit the blocked signals.
class StopSignals {
 public:
  /// `on_first`, if there is one, is called from a thread of its own when the first signal comes.
  explicit StopSignals(std::function<void()> on_first = {});
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  int signal() const { return signal_; }  ///< the one that came, or 0

 private:
  void watch(const std::stop_token& done);

  sigset_t watched_{};
  sigset_t before_{};
  std::function<void()> on_first_;
  std::stop_source stop_;
  std::atomic<int> signal_ = 0;
  std::jthread watcher_;  // last: it uses all the others
};

/// Ends the process by `signal`, as if it had never been caught.
[[noreturn]] void die_of(int signal);

}  // namespace gpu_sweep
