// Signals that whoever started the program had it ignore.
#include <csignal>
#include <thread>

#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

class IgnoredSignals : public Study {
 protected:
  /// Starts a sweep by `launcher`, sends the signal twice while it trains, and waits for its end.
  Outcome end_in_spite_of(int signal, const std::vector<std::string>& launcher) {
    Program program(directory_.path(),
                    with_usual_flags({"run", "study.toml", "--epochs", "100", "--out", "out"}), ".stdout",
                    launcher);
    while (program.running() && !std::filesystem::exists(directory_ / "out/runs.sqlite")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    EXPECT_TRUE(program.running()) << "it ended before it could be signalled";
    for (int i = 0; i < 2; ++i) {
      program.send(signal);
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
    }
    return program.wait();
  }

  void expect_done(const Outcome& outcome) const {
    EXPECT_EQ(outcome.exit_code, 0) << "signal " << outcome.signal << ": " << outcome.err;
    EXPECT_THAT(outcome.err, testing::Not(testing::HasSubstr("stopping")));
    EXPECT_NE(read("out/summary.json"), "");
  }
};

TEST_F(IgnoredSignals, NohupOutlivesTheHangup) { expect_done(end_in_spite_of(SIGHUP, {"nohup"})); }

TEST_F(IgnoredSignals, ACommandInTheBackgroundOfAShellOutlivesItsInterrupt) {
  expect_done(end_in_spite_of(SIGINT, {"sh", "-c", "trap '' INT; exec \"$@\"", "sh"}));
}

}  // namespace
}  // namespace gpu_sweep::test
