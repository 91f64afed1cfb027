#include "apps/gpu_sweep/stop_signals.h"

#include <pthread.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

namespace gpu_sweep {
namespace {

/// Returns whether `signal` is ignored. For example, nohup ignores SIGHUP, and a shell ignores SIGINT in
/// background commands.
bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Forwards SIGPIPE to the whole process and blocks it in this thread. This is necessary because the kernel
/// sends SIGPIPE to the thread that writes, whereas the watching thread can wait only for signals that are
/// sent to the process.
void hand_to_process(int signal, siginfo_t*, void* context) {
  sigaddset(&static_cast<ucontext_t*>(context)->uc_sigmask, signal);
  kill(getpid(), signal);
}

}  // namespace

std::string to_string(const Interrupted& interrupted) {
  if (interrupted.signal == 0) return "--stop-after";
  const char* name = sigabbrev_np(interrupted.signal);
  return name == nullptr ? "signal " + std::to_string(interrupted.signal) : std::string("SIG") + name;
}

bool is_command(int signal) { return signal == SIGINT || signal == SIGTERM || signal == SIGHUP; }

StopSignals::StopSignals(std::function<void(const Interrupted&)> on_first,
                         std::optional<std::chrono::seconds> stop_after)
    : on_first_(std::move(on_first)) {
  if (stop_after) deadline_ = std::chrono::steady_clock::now() + *stop_after;
  sigemptyset(&watched_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU}) {
    if (!is_ignored(signal)) sigaddset(&watched_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &watched_, &before_);
  sigaction(SIGPIPE, nullptr, &pipe_before_);
  if (!is_ignored(SIGPIPE)) {
    struct sigaction hand_over {};
    hand_over.sa_sigaction = hand_to_process;
    hand_over.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(SIGPIPE, &hand_over, nullptr);
    sigaddset(&watched_, SIGPIPE);  // blocked only in the watching thread
  }
  watcher_ = std::jthread([this](const std::stop_token& done) { watch(done); });
}

StopSignals::~StopSignals() {
  watcher_.request_stop();
  watcher_.join();
  // Writes after the first SIGPIPE may have raised more of them, which must not kill the program once the
  // signal is unblocked.
  if (signal_ != kNothingYet && sigismember(&before_, SIGPIPE) == 0) {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    constexpr timespec kNoPause{};
    while (sigtimedwait(&pipe, nullptr, &kNoPause) > 0) {
    }
  }
  sigaction(SIGPIPE, &pipe_before_, nullptr);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<Interrupted> StopSignals::stopped() const {
  const int signal = signal_;
  if (signal == kNothingYet) return std::nullopt;
  return Interrupted{signal};
}

void StopSignals::request_stop(int signal) {
  signal_ = signal;
  stop_.request_stop();
  if (on_first_) on_first_({signal});
}

void StopSignals::watch(const std::stop_token& done) {
  pthread_sigmask(SIG_BLOCK, &watched_, nullptr);
  constexpr timespec kPause{0, 50'000'000};
  bool commanded = false;
  while (!done.stop_requested()) {
    const int signal = sigtimedwait(&watched_, nullptr, &kPause);
    if (signal > 0) {
      if (commanded && is_command(signal)) die_of(signal);
      commanded = commanded || is_command(signal);
      if (signal_ == kNothingYet) request_stop(signal);
    } else if (deadline_ && signal_ == kNothingYet && std::chrono::steady_clock::now() >= *deadline_) {
      request_stop(0);
    }
  }
}

void die_of(int signal) {
  std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  std::raise(signal);
  std::_Exit(128 + signal);  // not reached, because the signal's default action ends the process
}

}  // namespace gpu_sweep
