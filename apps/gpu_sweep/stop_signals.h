// What asks a sweep to stop in good order: signals, and the clock.
#pragma once

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace gpu_sweep {

/// Thrown once everything complete is kept. The program then dies of the signal, so that its parent sees why;
/// after a stop by the clock it exits with kStoppedByClock.
struct Interrupted {
  int signal = 0;  ///< 0: the clock
};

/// "SIGTERM", "--stop-after".
std::string to_string(const Interrupted& interrupted);

/// Whether a user or a queue sends `signal` on purpose to end the program: SIGINT, SIGTERM and SIGHUP, rather
/// than those that tell of an end to come.
bool is_command(int signal);

/// EX_TEMPFAIL of sysexits.h: the same command again goes on. What a batch script puts back into the queue.
inline constexpr int kStoppedByClock = 75;

/// While one lives, the first of SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 (a batch queue's notice), SIGXCPU
/// (no processor time left) and SIGPIPE (stderr has no reader any more) requests a stop, and so does the
/// clock. A second SIGINT, SIGTERM or SIGHUP kills at once; the first of them after another stop does not,
/// for queues give notice first and then send SIGTERM. Signals that this process was started to ignore it
/// goes on to ignore. Make it before any other thread: threads made later inherit the blocked signals.
class StopSignals {
 public:
  /// `on_first`, if there is one, is called from a thread of its own with the first request when it comes.
  /// `stop_after` counts from now.
  explicit StopSignals(std::function<void(const Interrupted&)> on_first = {},
                       std::optional<std::chrono::seconds> stop_after = {});
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  std::stop_token token() const { return stop_.get_token(); }
  std::optional<Interrupted> stopped() const;  ///< by what, where a stop was requested

 private:
  void watch(const std::stop_token& done);
  void request_stop(int signal);

  static constexpr int kNothingYet = -1;

  sigset_t watched_{};
  sigset_t before_{};
  struct sigaction pipe_before_ {};
  std::function<void(const Interrupted&)> on_first_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  std::stop_source stop_;
  std::atomic<int> signal_ = kNothingYet;
  std::jthread watcher_;  // last: it uses all the others
};

/// Ends the process by `signal`, as if it had never been caught.
[[noreturn]] void die_of(int signal);

}  // namespace gpu_sweep
