// Several processes under mpirun give the same metrics as one process, bit for bit. After a kill, a stop or
// an error, they all end.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;

/// Returns the processes whose command line contains `text`, except mpirun itself.
std::vector<pid_t> processes_of(const std::string& text) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string line = read_file(entry.path() / "cmdline");
    if (line.find(text) != std::string::npos && !line.starts_with("mpirun")) found.push_back(std::stoi(name));
  }
  return found;
}

class Mpi : public Study {
 protected:
  void SetUp() override {
    if (std::system("mpirun --version > /dev/null 2>&1") != 0) {
      GTEST_SKIP() << "NOT TESTED: there is no mpirun (Debian's openmpi-bin)";
    }
  }

  /// Starts a job. In containers whose processes may not read each other's memory, Open MPI prints a warning,
  /// which is suppressed.
  std::unique_ptr<Program> start(int ranks, std::vector<std::string> arguments) const {
    const std::vector<std::string> mpirun = {"mpirun",
                                             "--allow-run-as-root",
                                             "--oversubscribe",
                                             "--bind-to",
                                             "none",
                                             "--mca",
                                             "btl_vader_single_copy_mechanism",
                                             "none",
                                             "-n",
                                             std::to_string(ranks)};
    return std::make_unique<Program>(directory_.path(), with_usual_flags(std::move(arguments)), ".stdout",
                                     mpirun);
  }

  Outcome run(int ranks, std::vector<std::string> arguments) const {
    return start(ranks, std::move(arguments))->wait();
  }

  /// Starts three processes, kills one of them when `begun` holds, and waits until all have ended. Returns
  /// false if the job finished before the kill.
  bool kill_one(const std::vector<std::string>& command, const std::function<bool()>& begun) const {
    const auto program = start(3, command);
    program->runs_until(begun);
    const std::vector<pid_t> ranks = processes_of(killed_);
    if (ranks.size() == 3) kill(ranks.back(), SIGKILL);
    const Outcome outcome = program->wait();
    while (!processes_of(killed_).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return outcome.exit_code != 0 && listing().count(killed_ + "/summary.json") == 0;
  }

  /// Returns the process of rank 0, among those with `killed_` in their command lines.
  pid_t rank_zero() const {
    for (const pid_t process : processes_of(killed_)) {
      const std::string environment = read_file("/proc/" + std::to_string(process) + "/environ");
      if (environment.find(std::string("OMPI_COMM_WORLD_RANK=0") + '\0') != std::string::npos) return process;
    }
    throw std::runtime_error("there is no rank 0");
  }

  const std::string killed_ =
      "results/killed-" + std::to_string(getpid());  // in the command lines of this test's processes only
};

TEST_F(Mpi, AShardIsForOneProcess) {
  const auto before = listing();
  const Outcome outcome = run(2, {"run", "study.toml", "--shard", "1/2"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err,
              HasSubstr("error: --shard: found 2 processes of one mpirun, expected one: without --shard "
                        "they train the experiment together\n"));
  EXPECT_EQ(outcome.err.find("error: "), outcome.err.rfind("error: ")) << outcome.err;
  EXPECT_EQ(listing(), before);
}

TEST_F(Mpi, TheClockStopsAllProcesses) {
  const Outcome outcome =
      run(3, {"run", "study.toml", "--epochs", "100000", "--stop-after", "5s", "--out", "out"});
  EXPECT_EQ(outcome.exit_code, 75) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("stopped by --stop-after: 0 of 6 runs are kept in out"));
}

TEST_F(Mpi, ThreeProcessesGiveTheFiguresOfOne) {
  const Outcome alone = gpu_sweep({"run", "study.toml", "--out", "alone"});
  const Outcome outcome = run(3, {"run", "study.toml", "--out", "three", "--save-weights", "weights"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, alone.out);
  EXPECT_THAT(outcome.err, HasSubstr("rank 0 leads, 2 ranks train"));
  EXPECT_EQ(metrics("three"), metrics("alone"));
  EXPECT_EQ(listing().count("weights/deep, seed 7.npz"), 1U);
  const Outcome again = run(3, {"run", "study.toml", "--out", "three"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("all 6 runs are there"));
}

TEST_F(Mpi, OneProcessIsOneProcess) {
  EXPECT_EQ(run(1, {"run", "study.toml", "--out", "one"}).exit_code, 0);
  gpu_sweep({"run", "study.toml", "--out", "alone"});
  EXPECT_EQ(metrics("one"), metrics("alone"));
}

TEST_F(Mpi, AKilledRankEndsTheJobAndTheSameCommandContinues) {
  std::vector<std::string> command = {"run", "study.toml", "--runs", "8",       "--lanes",
                                      "1",   "--out",      killed_,  "--epochs"};
  command.push_back(std::to_string(enough_work(40, [&](int epochs) {
    std::vector<std::string> attempt = command;
    attempt.push_back(std::to_string(epochs));
    return kill_one(attempt, [this] { return kept_runs(killed_) >= 2; });
  })));
  const std::size_t kept = kept_runs(killed_);
  EXPECT_GE(kept, 2U);
  EXPECT_LT(kept, 16U);

  const Outcome continued = run(3, command);
  EXPECT_EQ(continued.exit_code, 0) << continued.err;
  EXPECT_THAT(continued.err, HasSubstr(std::to_string(kept) + " of 16 runs are there"));
  gpu_sweep({"run", "study.toml", "--runs", "8", "--epochs", command.back(), "--out", "alone"});
  EXPECT_EQ(metrics(killed_), metrics("alone"));
}

TEST_F(Mpi, AfterAKilledRankRunsResumeFromTheSnapshotsThatRankZeroKept) {
  const auto command = [](int epochs, const std::string& out) {
    return std::vector<std::string>{"run",     "study.toml", "--epochs",         std::to_string(epochs),
                                    "--lanes", "1",          "--snapshot-every", "2",
                                    "--out",   out};
  };
  const auto has_snapshots = [this] {
    std::error_code error;
    return !std::filesystem::is_empty(directory_ / killed_ / "snapshots", error) && !error;
  };
  const int epochs = enough_work(
      300, [&](int enough) { return kill_one(command(enough, killed_), has_snapshots) && has_snapshots(); });

  const Outcome continued = run(3, command(epochs, killed_));
  EXPECT_EQ(continued.exit_code, 0) << continued.err;
  EXPECT_THAT(continued.err, HasSubstr("of them from snapshots"));
  EXPECT_FALSE(has_snapshots()) << "kept for runs that are finished";
  gpu_sweep(command(epochs, "alone"));
  EXPECT_EQ(metrics(killed_), metrics("alone"));
}

// mpirun signals all ranks and kills them a second later.
TEST_F(Mpi, AStopKeepsTheProgressOfUnfinishedRuns) {
  const auto command = [](int epochs, const std::string& out) {
    return std::vector<std::string>{
        "run", "study.toml", "--runs", "1", "--epochs", std::to_string(epochs), "--lanes", "1", "--out", out};
  };
  const std::string out = "results/stopped";
  const int epochs = enough_work(2000, [&](int enough) {
    const auto program = start(3, command(enough, out));
    program->runs_until([this] { return read(".stderr").find("rank 0 leads") != std::string::npos; });
    std::this_thread::sleep_for(std::chrono::milliseconds(500));  // time for some hundreds of epochs
    program->send(SIGTERM);
    const Outcome stopped = program->wait();
    return stopped.err.find("0 of 2 runs are kept") != std::string::npos;
  });

  const Outcome continued = run(3, command(epochs, out));
  EXPECT_EQ(continued.exit_code, 0) << continued.err;
  EXPECT_THAT(continued.err, HasSubstr("training 2 on"));
  EXPECT_THAT(continued.err, HasSubstr("of them from snapshots"));
  gpu_sweep(command(epochs, "alone"));
  EXPECT_EQ(metrics(out), metrics("alone"));
}

/// A batch queue may announce only to rank 0 that time is short. Rank 0 then stops all ranks.
TEST_F(Mpi, ASignalToRankZeroAloneStopsTheJob) {
  for (const int signal : {SIGUSR1, SIGXCPU}) {
    SCOPED_TRACE(signal);
    std::filesystem::remove_all(directory_ / killed_);
    const std::vector<std::string> command = {"run",     "study.toml", "--epochs", "100000",
                                              "--lanes", "1",          "--out",    killed_};
    const auto program = start(3, command);
    ASSERT_TRUE(
        program->runs_until([this] { return read(".stderr").find("rank 0 leads") != std::string::npos; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(500));  // time for some epochs
    kill(rank_zero(), signal);
    const Outcome outcome = program->wait();
    EXPECT_EQ(outcome.exit_code, 128 + signal) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(std::string("stopping, by SIG") + sigabbrev_np(signal)));
    EXPECT_THAT(outcome.err, HasSubstr("0 of 6 runs are kept"));
    while (!processes_of(killed_).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_FALSE(std::filesystem::is_empty(directory_ / killed_ / "snapshots"));
  }
}

TEST_F(Mpi, AnErrorIsReportedOnceWithItsExitCode) {
  write("data/train-labels-idx1-ubyte", "no labels");
  const Outcome data = run(3, {"run", "study.toml"});
  EXPECT_EQ(data.exit_code, 3) << data.err;
  const std::size_t first = data.err.find("error: ");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(data.err.find("error: ", first + 1), std::string::npos) << data.err;
}

}  // namespace
}  // namespace gpu_sweep::test
