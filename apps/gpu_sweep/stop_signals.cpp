#include "apps/gpu_sweep/stop_signals.h"

#include <pthread.h>

#include <cstdlib>
#include <ctime>
#include <utility>

namespace gpu_sweep {
namespace {

/// As nohup sets SIGHUP, and a shell SIGINT for a command in its background.
bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

StopSignals::StopSignals(std::function<void()> on_first) : on_first_(std::move(on_first)) {
  sigemptyset(&watched_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal)) sigaddset(&watched_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &watched_, &before_);
  watcher_ = std::jthread([this](const std::stop_token& done) { watch(done); });
}

StopSignals::~StopSignals() {
  watcher_.request_stop();
  watcher_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void StopSignals::watch(const std::stop_token& done) {
  constexpr timespec kPause{0, 50'000'000};
  while (!done.stop_requested()) {
    const int signal = sigtimedwait(&watched_, nullptr, &kPause);
    if (signal <= 0) continue;
    if (signal_ != 0) die_of(signal);
    signal_ = signal;
    stop_.request_stop();
    if (on_first_) on_first_();
  }
}

void die_of(int signal) {
  std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  std::raise(signal);
  std::_Exit(128 + signal);  // not reached: the signal's default is to end the process
}

}  // namespace gpu_sweep
