// Stop requests of a sweep, by signals and by the clock.
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

/// Thrown after a stop, once all finished work is stored. The program then dies of the signal, so that its
/// parent sees the reason. After a stop by the clock, it exits with kStoppedByClock.
struct Interrupted {
  int signal = 0;  ///< 0: the clock
};

/// Returns "SIGTERM", "--stop-after" and so on.
std::string to_string(const Interrupted& interrupted);

/// Returns whether `signal` is a command to end (SIGINT, SIGTERM or SIGHUP) rather than a notice that the
/// program will be ended soon.
bool is_command(int signal);

/// EX_TEMPFAIL of sysexits.h: running the same command again continues the sweep. A batch script requeues the
/// job on this exit code.
inline constexpr int kStoppedByClock = 75;

/// While an object exists, the first of SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 (a batch queue's notice),
/// SIGXCPU (no processor time left) and SIGPIPE (stderr no longer has a reader) requests a stop, and so does
/// the clock. A second SIGINT, SIGTERM or SIGHUP kills the program immediately. The first one never does, not
/// even after a stop request of another kind, because queues give notice before they send SIGTERM. Signals
/// that the process inherited as ignored stay ignored. Construct the object before any other thread starts,
/// so that later threads inherit the blocked signals.
class StopSignals {
 public:
  /// Calls `on_first`, if given, with the first request, from a separate thread. `stop_after` is counted from
  /// construction.
  explicit StopSignals(std::function<void(const Interrupted&)> on_first = {},
                       std::optional<std::chrono::seconds> stop_after = {});
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  std::stop_token token() const { return stop_.get_token(); }
  std::optional<Interrupted> stopped() const;  ///< the first request; nothing if there was none

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
  std::jthread watcher_;  // last: the thread uses all other members
};

/// Ends the process by `signal`, as if no handler had caught it.
[[noreturn]] void die_of(int signal);

}  // namespace gpu_sweep
