// Runs the program as a user does: a process with arguments, two streams and an exit code.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace gpu_sweep::test {

struct Outcome {
  int exit_code = -1;  ///< -1 if a signal ended it
  int signal = 0;      ///< that signal, or 0
  std::string out;
  std::string err;
};

/// A started gpu_sweep. It ignores no signal unless `launcher` makes it do so. It runs in `directory`, and
/// its streams go to hidden files there. `launcher`, if given, is the command that starts it, found in PATH;
/// otherwise this process starts it.
class Program {
 public:
  Program(const std::filesystem::path& directory, std::vector<std::string> arguments,
          const std::string& stdout_file = ".stdout", const std::vector<std::string>& launcher = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();  ///< kills the program if it is still running

  pid_t pid() const { return pid_; }
  void send(int signal) const;
  bool running();

  /// Polls every millisecond until `condition` holds. Returns false if the program ended before.
  bool runs_until(const std::function<bool()>& condition);

  Outcome wait();

 private:
  std::filesystem::path directory_;
  pid_t pid_ = 0;
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace gpu_sweep::test
