// Runs the program as a user does: a process with arguments, two streams and an exit code.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace gpu_sweep::test {

struct Outcome {
  int exit_code = -1;  ///< -1 if the program was ended by a signal
  int signal = 0;      ///< the signal that ended the program, or 0
  std::string out;
  std::string err;
};

/// A running gpu_sweep process. Its working directory is `directory`, and its output streams go to hidden
/// files in that directory, or stdout to another `stdout_file`. If `launcher` is given, this command, which
/// is found by PATH, starts the program; otherwise this process starts it. The program does not ignore
/// SIGINT, SIGTERM and SIGHUP, unless the launcher makes it do so.
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

  /// Polls every millisecond until `condition` holds. Returns false if the program ends first.
  bool runs_until(const std::function<bool()>& condition);

  Outcome wait();

 private:
  std::filesystem::path directory_;
  pid_t pid_ = 0;
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace gpu_sweep::test
