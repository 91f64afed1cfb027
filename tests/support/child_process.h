// Code run in a process of its own: to be killed, to lose its rights, to mount things.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <stdexcept>

namespace gpu_sweep::test {

/// A fork that runs `body` and ends with its result, or with 99 after printing what it threw. Killed, if
/// still there, when the owner goes.
class ChildProcess {
 public:
  explicit ChildProcess(const std::function<int()>& body) : pid_(::fork()) {
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ > 0) return;
    int result = 99;
    try {
      result = body();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "in the child process: %s\n", error.what());
    }
    ::_exit(result);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() {
    if (pid_ > 0) kill();
  }

  pid_t pid() const { return pid_; }

  /// SIGKILL, and waits for the end.
  void kill() {
    ::kill(pid_, SIGKILL);
    wait();
  }

  /// Waits for the end; the exit status, or -1 where a signal ended it.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = 0;
};

}  // namespace gpu_sweep::test
