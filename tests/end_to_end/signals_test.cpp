// Signals that whoever started the program had it ignore.
#include <csignal>

#include "engine/store/snapshot_file.h"
#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

class IgnoredSignals : public Study {
 protected:
  /// Starts an endless sweep by `launcher`, sends the signal twice while it trains, and expects it to train
  /// on until SIGTERM ends it.
  void expect_to_outlive(int signal, const std::vector<std::string>& launcher) {
    const std::vector<std::string> command = {"run",   "study.toml", "--epochs",         "100000",
                                              "--out", "out",        "--snapshot-every", "1"};
    Program program(directory_.path(), with_usual_flags(command), ".stdout", launcher);
    ASSERT_TRUE(program.runs_until([this] { return epochs_done() > 0; }));
    for (int i = 0; i < 2; ++i) {
      program.send(signal);
      // A stop would let the epoch of each lane end at most.
      const int enough = epochs_done() + 10;
      EXPECT_TRUE(program.runs_until([&] { return epochs_done() >= enough; })) << "it stopped";
    }
    EXPECT_THAT(read(".stderr"), testing::Not(testing::HasSubstr("stopping")));
    program.send(SIGTERM);
    const Outcome outcome = program.wait();
    EXPECT_EQ(outcome.signal, SIGTERM) << outcome.err;
  }

 private:
  /// Of all runs that have a snapshot.
  int epochs_done() const {
    int epochs = 0;
    for (const std::string& name : listing()) {
      if (name.ends_with(".npz")) epochs += load_snapshot(directory_ / name).epochs_done();
    }
    return epochs;
  }
};

TEST_F(IgnoredSignals, NohupOutlivesTheHangup) { expect_to_outlive(SIGHUP, {"nohup"}); }

TEST_F(IgnoredSignals, ACommandInTheBackgroundOfAShellOutlivesItsInterrupt) {
  expect_to_outlive(SIGINT, {"sh", "-c", "trap '' INT; exec \"$@\"", "sh"});
}

}  // namespace
}  // namespace gpu_sweep::test
