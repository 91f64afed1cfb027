// Signals that stop a sweep, signals that are inherited as ignored, and stops by the clock (--stop-after).
#include <algorithm>
#include <csignal>
#include <cstring>

#include "engine/store/snapshots/snapshot_file.h"
#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

class Signals : public Study {
 protected:
  static std::vector<std::string> endless(const std::string& snapshot_every) {
    return {"run", "study.toml", "--epochs", "100000", "--out", "out", "--snapshot-every", snapshot_every};
  }

  std::size_t snapshots() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(listing(), [](const std::string& name) { return name.ends_with(".npz"); }));
  }
};

class StoppingSignals : public Signals, public testing::WithParamInterface<int> {};

TEST_P(StoppingSignals, KeepWhatIsInHandAndEndTheProgram) {
  Program program(directory_.path(), with_usual_flags(endless("1")));
  ASSERT_TRUE(program.runs_until([this] { return snapshots() > 0; }));
  program.send(GetParam());
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.signal, GetParam()) << outcome.err;
  EXPECT_GT(snapshots(), 0u);
  EXPECT_THAT(outcome.err, testing::HasSubstr("stopped by SIG"));
  EXPECT_THAT(outcome.err, testing::HasSubstr("the same command continues"));
}

INSTANTIATE_TEST_SUITE_P(All, StoppingSignals,
                         testing::Values(SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU, SIGPIPE),
                         [](const auto& test) { return std::string("SIG") + sigabbrev_np(test.param); });

TEST_F(Signals, TheClockStopsARunThatResumesWhereItStopped) {
  std::vector<std::string> command = endless("1h");  // so that snapshots are made only at the stop
  command.insert(command.end(), {"--stop-after", "4s"});
  const Outcome outcome = gpu_sweep(command);
  EXPECT_EQ(outcome.exit_code, 75);
  EXPECT_THAT(outcome.err, testing::HasSubstr("stopped by --stop-after: 0 of 6 runs are kept in out"));
  EXPECT_GT(snapshots(), 0u);
  const Outcome again = gpu_sweep(command);
  EXPECT_EQ(again.exit_code, 75);
  EXPECT_THAT(again.err, testing::HasSubstr("of them from snapshots"));
}

TEST_F(Signals, ATimeLimitChangesNothingForARunThatEndsEarlier) {
  EXPECT_EQ(gpu_sweep({"run", "study.toml", "--out", "out", "--stop-after", "1h"}).exit_code, 0);
  const Outcome train = gpu_sweep({"train", "--hidden", "8", "--epochs", "100000", "--stop-after", "1s"});
  EXPECT_EQ(train.exit_code, 75);
  EXPECT_THAT(train.err, testing::HasSubstr("stopped, nothing is kept of this run"));
}

class IgnoredSignals : public Signals {
 protected:
  /// Starts an endless sweep through `launcher` and sends `signal` twice while the sweep trains. Expects the
  /// sweep to continue training until SIGTERM ends it.
  void expect_to_outlive(int signal, const std::vector<std::string>& launcher) {
    const std::vector<std::string> command = {"run",   "study.toml", "--epochs",         "100000",
                                              "--out", "out",        "--snapshot-every", "1"};
    Program program(directory_.path(), with_usual_flags(command), ".stdout", launcher);
    ASSERT_TRUE(program.runs_until([this] { return epochs_done() > 0; }));
    for (int i = 0; i < 2; ++i) {
      program.send(signal);
      // If the signal had stopped the sweep, each lane would at most finish its current epoch.
      const int enough = epochs_done() + 10;
      EXPECT_TRUE(program.runs_until([&] { return epochs_done() >= enough; })) << "it stopped";
    }
    EXPECT_THAT(read(".stderr"), testing::Not(testing::HasSubstr("stopping")));
    program.send(SIGTERM);
    const Outcome outcome = program.wait();
    EXPECT_EQ(outcome.signal, SIGTERM) << outcome.err;
  }

 private:
  /// Returns the sum of epochs done over all runs that have a snapshot.
  int epochs_done() const {
    int epochs = 0;
    for (const std::string& name : listing()) {
      if (name.ends_with(".npz")) epochs += load_snapshot(directory_ / name).epochs_done();
    }
    return epochs;
  }
};

TEST_F(IgnoredSignals, NohupOutlivesTheHangup) { expect_to_outlive(SIGHUP, {"nohup"}); }

TEST_F(IgnoredSignals, AQueuesNoticeThatIsTrapped) {
  expect_to_outlive(SIGUSR1, {"sh", "-c", "trap '' USR1; exec \"$@\"", "sh"});
}

TEST_F(IgnoredSignals, ACommandInTheBackgroundOfAShellOutlivesItsInterrupt) {
  expect_to_outlive(SIGINT, {"sh", "-c", "trap '' INT; exec \"$@\"", "sh"});
}

}  // namespace
}  // namespace gpu_sweep::test
