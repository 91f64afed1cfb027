#include "tests/end_to_end/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "tests/support/files.h"

extern char** environ;

namespace gpu_sweep::test {
namespace {

/// Returns the environment without GPU_SWEEP_DATA, which would choose the data of a command without --data.
std::vector<char*> plain_environment() {
  std::vector<char*> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "GPU_SWEEP_DATA=", 15) != 0) result.push_back(*entry);
  }
  result.push_back(nullptr);
  return result;
}

}  // namespace

Program::Program(const std::filesystem::path& directory, std::vector<std::string> arguments,
                 const std::string& stdout_file, const std::vector<std::string>& launcher)
    : directory_(directory) {
  arguments.insert(arguments.begin(), GPU_SWEEP_PROGRAM);
  arguments.insert(arguments.begin(), launcher.begin(), launcher.end());
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, stdout_file.c_str(), kWrite, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, ".stderr", kWrite, 0600);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A shell makes background commands ignore interrupts, and their children inherit this, so it is undone
  // here.
  sigset_t stopping;
  sigemptyset(&stopping);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&stopping, signal);
  posix_spawnattr_setsigdefault(&attributes, &stopping);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error =
      posix_spawnp(&pid_, argv[0], &actions, &attributes, argv.data(), plain_environment().data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error(std::string(argv[0]) + ": " + std::strerror(error));
}

Program::~Program() {
  if (!running()) return;
  send(SIGKILL);
  wait();
}

void Program::send(int signal) const { kill(pid_, signal); }

bool Program::running() {
  if (!ended_ && waitpid(pid_, &status_, WNOHANG) == pid_) ended_ = true;
  return !ended_;
}

bool Program::runs_until(const std::function<bool()>& condition) {
  while (running()) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

Outcome Program::wait() {
  if (!ended_) waitpid(pid_, &status_, 0);
  ended_ = true;
  Outcome outcome;
  if (WIFEXITED(status_)) outcome.exit_code = WEXITSTATUS(status_);
  if (WIFSIGNALED(status_)) outcome.signal = WTERMSIG(status_);
  outcome.out = read_file(directory_ / ".stdout");
  outcome.err = read_file(directory_ / ".stderr");
  return outcome;
}

}  // namespace gpu_sweep::test
