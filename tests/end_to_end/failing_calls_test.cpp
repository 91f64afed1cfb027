// System calls that fail during a sweep, one after the other. They are calls that access the disk, and calls
// that start threads. After a failed call, the program must print one line and exit with the right code. The
// same command must then finish as if nothing had happened. Interrupted calls must be repeated.
#include "tests/end_to_end/strace.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;

struct Fault {
  const char* call;
  const char* error;
  int stride;             ///< call 1 of each thread fails, in the next run call 1 + stride, ...
  int least = 3;          ///< how many calls must have failed at the end, at least
  bool is_there = false;  ///< whether the results folder exists beforehand, so only subfolders are made
  const char* name = call;
};

class FailingCalls : public Strace, public testing::WithParamInterface<Fault> {
 protected:
  static std::vector<std::string> command(const std::string& out) {
    return {"run", "study.toml", "--snapshot-every", "1", "--keep-predictions", "--out", out, "--lanes", "1"};
  }

  /// Returns whether strace has made a call of the program fail.
  bool injected() const { return has_injected(""); }

  /// Returns whether the error line on stderr was lost. This is possible because strace counts calls per
  /// thread, so that the call that writes the line may fail, too.
  bool has_lost_its_line() const { return has_injected("write(2, "); }

  void expect_one_clear_line(const Outcome& outcome) const {
    EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    if (has_lost_its_line()) return;
    const std::size_t first = outcome.err.find("error: ");
    ASSERT_NE(first, std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find('\n', first), outcome.err.size() - 1) << outcome.err;
    EXPECT_EQ(outcome.err.find("fault of the program"), std::string::npos) << outcome.err;
  }

 private:
  bool has_injected(const std::string& call) const {
    for (const std::string& line : log()) {
      if (line.find(call) != std::string::npos && line.find("INJECTED") != std::string::npos) return true;
    }
    return false;
  }
};

TEST_P(FailingCalls, EndWithOneErrorLineAndTheSameCommandResumes) {
  const Fault& fault = GetParam();
  const std::string inject = std::string("inject=") + fault.call + ":error=" + fault.error + ":when=";
  ASSERT_EQ(gpu_sweep(command("calm")).exit_code, 0);
  int faults = 0;
  for (int number = 1;; number += fault.stride, ++faults) {
    SCOPED_TRACE(std::string(fault.call) + " number " + std::to_string(number));
    const std::string out = "out" + std::to_string(number);
    if (fault.is_there) std::filesystem::create_directory(directory_ / out);
    const Outcome outcome = under_strace(
        {"-e", std::string("trace=") + fault.call, "-e", inject + std::to_string(number)}, command(out));
    if (!injected()) break;
    // If the failed call belonged to the final cleanup, the exit code is 0, because everything has been
    // printed and stored by then.
    if (outcome.exit_code != 0) expect_one_clear_line(outcome);
    for (const std::string& name : listing()) EXPECT_EQ(name.find(".tmp"), std::string::npos) << name;

    const Outcome again = gpu_sweep(command(out));
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(again.err.find("damaged"), std::string::npos) << again.err;
    EXPECT_EQ(metrics(out), metrics("calm"));
    EXPECT_EQ(listing().count(out + "/snapshots"), 0U);
    EXPECT_EQ(listing().count(out + "/runs.sqlite.new"), 0U);
  }
  EXPECT_GE(faults, fault.least);
}

INSTANTIATE_TEST_SUITE_P(Disk, FailingCalls,
                         testing::Values(Fault{"fsync", "EIO", 4}, Fault{"fdatasync", "EIO", 2},
                                         Fault{"rename", "EIO", 1}, Fault{"mkdir", "ENOSPC", 1, 1},
                                         Fault{"mkdir", "ENOSPC", 1, 1, true, "mkdir_of_threads"},
                                         Fault{"write", "ENOSPC", 3}, Fault{"pwrite64", "EDQUOT", 5},
                                         Fault{"ftruncate", "EIO", 1}),
                         [](const auto& fault) { return std::string(fault.param.name); });

// Makes the start of each thread of the program fail, one after the other.
TEST_F(Strace, AThreadThatCannotBeStartedIsOneErrorLineAndTheSameCommandResumes) {
  const auto command = [](const std::string& out) {
    return std::vector<std::string>{"run", "study.toml", "--lanes", "2", "--out", out};
  };
  ASSERT_EQ(gpu_sweep(command("calm")).exit_code, 0);
  int faults = 0;
  for (int number = 1;; ++number, ++faults) {
    SCOPED_TRACE("thread " + std::to_string(number));
    const std::string out = "out" + std::to_string(number);
    const Outcome outcome = under_strace(
        {"-e", "trace=clone,clone3", "-e", "inject=clone,clone3:error=EAGAIN:when=" + std::to_string(number)},
        command(out));
    if (read("log").find("(INJECTED)") == std::string::npos) break;
    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    const std::size_t first = outcome.err.find("error: no more threads can be started");
    ASSERT_NE(first, std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find('\n', first), outcome.err.size() - 1) << outcome.err;
    const Outcome again = gpu_sweep(command(out));
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(metrics(out), metrics("calm"));
  }
  EXPECT_GE(faults, 3);
}

// On network file systems, a signal may interrupt calls that are never interrupted on other file systems.
TEST_F(Strace, InterruptedCallsAreMadeAgain) {
  for (const char* call : {"fsync", "flock", "write"}) {
    const Outcome outcome = under_strace(
        {"-e", std::string("trace=") + call, "-e", std::string("inject=") + call + ":error=EINTR:when=1"},
        {"run", "study.toml", "--out", call});
    EXPECT_EQ(outcome.exit_code, 0) << call << ": " << outcome.err;
    EXPECT_THAT(read("log"), HasSubstr("(INJECTED)"));
    EXPECT_EQ(listing().count(std::string(call) + "/summary.json"), 1U);
  }
}

}  // namespace
}  // namespace gpu_sweep::test
