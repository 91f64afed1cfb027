// Requests to stop a sweep, by signals and by the clock.
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

/// Thrown after a stop, when all finished work is stored. After a stop by a signal, the program ends by the
/// same signal, so that its parent process sees the reason. After a stop by the clock, it exits with
/// kStoppedByClock.
struct Interrupted {
  int signal = 0;  ///< 0: stopped by the clock
};

/// Returns what stopped the program: "SIGTERM", "--stop-after" and so on.
std::string to_string(const Interrupted& interrupted);

/// Returns whether `signal` is a command to end (SIGINT, SIGTERM or SIGHUP). The other signals that
/// StopSignals watches are not commands: most of them only announce that the program will be ended soon.
bool is_command(int signal);

/// The exit code EX_TEMPFAIL of sysexits.h. It means that the sweep continues if the same command is run
/// again, so a batch script requeues the job on this exit code.
inline constexpr int kStoppedByClock = 75;

/// Watches for stop requests while the object exists. A stop is requested by the clock, or by the first of
/// SIGINT, SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2 (a batch queue's notice), SIGXCPU (no processor time left)
/// and SIGPIPE (stderr no longer has a reader).
/// A second SIGINT, SIGTERM or SIGHUP kills the program immediately. The first one never does, even after a
/// stop request of another kind, because batch queues give notice before they send SIGTERM. Signals that the
/// process inherited as ignored stay ignored.
/// The object must be constructed before any other thread starts, so that later threads inherit the set of
/// blocked signals.
class StopSignals {
 public:
  /// If `on_first` is given, it is called with the first request, from a separate thread. `stop_after` is
  /// counted from the construction of this object.
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
  std::jthread watcher_;  // declared last, because the thread uses all other members
};

/// Ends the process by `signal`, as if the process had no handler for it.
[[noreturn]] void die_of(int signal);

}  // namespace gpu_sweep
