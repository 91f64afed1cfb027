// The program under strace, which logs its system calls and can make them fail.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {

class Strace : public Study {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "NOT TESTED: LeakSanitizer does not work under strace";
#endif
    if (std::system("strace -f -o /dev/null true 2> /dev/null") != 0) {
      GTEST_SKIP() << "NOT TESTED: there is no strace (Debian's strace), or tracing is not permitted here";
    }
  }

  /// Runs the program to its end under strace with `flags`. strace writes its log to the file `log`.
  Outcome under_strace(const std::vector<std::string>& flags, std::vector<std::string> arguments) {
    return command_under_strace(flags, with_usual_flags(std::move(arguments)));
  }

  /// Like under_strace, but does not add --device and --data to the words of the command.
  Outcome command_under_strace(const std::vector<std::string>& flags, std::vector<std::string> words) {
    std::vector<std::string> launcher = {"strace", "-f", "-o", "log"};
    launcher.insert(launcher.end(), flags.begin(), flags.end());
    return Program(directory_.path(), std::move(words), ".stdout", launcher).wait();
  }

  /// Returns one line of the file `log` per system call. The order is that in which the calls ended.
  std::vector<std::string> log() const {
    static const std::string kUnfinished = " <unfinished ...>", kResumed = " resumed>";
    std::ifstream stream(directory_ / "log");
    std::vector<std::string> lines;
    std::map<std::string, std::string> begun;  // calls that have not ended, by thread
    for (std::string line; std::getline(stream, line);) {
      const std::string thread = line.substr(0, line.find(' '));
      if (line.ends_with(kUnfinished)) {
        begun[thread] = line.substr(0, line.size() - kUnfinished.size());
      } else if (const std::size_t at = line.find(kResumed); at != std::string::npos) {
        lines.push_back(begun[thread] + line.substr(at + kResumed.size()));
      } else {
        lines.push_back(line);
      }
    }
    return lines;
  }
};

}  // namespace gpu_sweep::test
