// Several processes under mpirun give the figures of one, to the last bit.
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "engine/store/run_store.h"
#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;

class Mpi : public Study {
 protected:
  void SetUp() override {
    if (std::system("mpirun --version > /dev/null 2>&1") != 0) {
      GTEST_SKIP() << "SKIPPED: there is no mpirun; Debian's openmpi-bin has it";
    }
  }

  /// In containers, where processes may not read each other's memory, Open MPI would warn.
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

  /// The summary of `directory` less its times.
  nlohmann::json figures(const std::string& directory) const {
    return without_timing(nlohmann::json::parse(read(directory + "/summary.json"), nullptr, false));
  }
};

/// Processes whose command line holds `text`.
std::vector<pid_t> processes_of(const std::string& text) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream stream(entry.path() / "cmdline", std::ios::binary);
    const std::string line{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (line.find(text) != std::string::npos && !line.starts_with("mpirun")) found.push_back(std::stoi(name));
  }
  return found;
}

std::size_t runs_in(const std::filesystem::path& directory) {
  try {
    return RunStore::open(directory).runs().size();
  } catch (const Error&) {
    return 0;  // not made yet
  }
}

TEST_F(Mpi, ThreeProcessesGiveTheFiguresOfOne) {
  const Outcome alone = gpu_sweep({"run", "study.toml", "--out", "alone"});
  const Outcome outcome = run(3, {"run", "study.toml", "--out", "three", "--save-weights", "weights"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, alone.out);
  EXPECT_THAT(outcome.err, HasSubstr("rank 0 leads, 2 ranks train"));
  EXPECT_EQ(figures("three"), figures("alone"));
  EXPECT_EQ(listing().count("weights/deep, seed 7.npz"), 1U);
  const Outcome again = run(3, {"run", "study.toml", "--out", "three"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("all 6 runs are there"));
}

TEST_F(Mpi, OneProcessIsOneProcess) {
  EXPECT_EQ(run(1, {"run", "study.toml", "--out", "one"}).exit_code, 0);
  gpu_sweep({"run", "study.toml", "--out", "alone"});
  EXPECT_EQ(figures("one"), figures("alone"));
}

TEST_F(Mpi, AKilledRankEndsTheJobAndTheSameCommandContinues) {
  const std::string out = "killed-" + std::to_string(getpid());  // names these processes and no others
  const std::vector<std::string> command = {"run", "study.toml", "--runs", "8",     "--epochs",
                                            "40",  "--lanes",    "1",      "--out", out};
  const auto program = start(3, command);
  while (program->running() && runs_in(directory_ / out) < 2) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const std::vector<pid_t> ranks = processes_of(out);
  ASSERT_EQ(ranks.size(), 3U);
  kill(ranks.back(), SIGKILL);
  const Outcome killed = program->wait();
  EXPECT_NE(killed.exit_code, 0);
  EXPECT_EQ(listing().count(out + "/summary.json"), 0U);
  const std::size_t kept = runs_in(directory_ / out);
  EXPECT_GE(kept, 2U);
  EXPECT_LT(kept, 16U);
  while (!processes_of(out).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));

  const Outcome continued = run(3, command);
  EXPECT_EQ(continued.exit_code, 0) << continued.err;
  EXPECT_THAT(continued.err, HasSubstr(std::to_string(kept) + " of 16 runs are there"));
  gpu_sweep({"run", "study.toml", "--runs", "8", "--epochs", "40", "--out", "alone"});
  EXPECT_EQ(figures(out), figures("alone"));
}

TEST_F(Mpi, AfterAKilledRankRunsGoOnFromTheSnapshotsThatRankZeroKept) {
  const std::string out = "begun-" + std::to_string(getpid());
  const auto command = [&](const std::string& directory) {
    return std::vector<std::string>{"run",   "study.toml", "--epochs",         "300", "--lanes", "1",
                                    "--out", directory,    "--snapshot-every", "2"};
  };
  const auto has_snapshots = [&] {
    std::error_code error;
    return !std::filesystem::is_empty(directory_ / out / "snapshots", error) && !error;
  };
  const auto program = start(3, command(out));
  while (program->running() && !has_snapshots()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const std::vector<pid_t> ranks = processes_of(out);
  ASSERT_EQ(ranks.size(), 3U);
  kill(ranks.back(), SIGKILL);
  EXPECT_NE(program->wait().exit_code, 0);
  while (!processes_of(out).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ASSERT_TRUE(has_snapshots());

  const Outcome continued = run(3, command(out));
  EXPECT_EQ(continued.exit_code, 0) << continued.err;
  EXPECT_THAT(continued.err, HasSubstr("of them from snapshots"));
  EXPECT_FALSE(has_snapshots()) << "kept for runs that are finished";
  gpu_sweep(command("alone"));
  EXPECT_EQ(figures(out), figures("alone"));
}

TEST_F(Mpi, AnErrorIsToldOnceWithItsExitCode) {
  write("data/train-labels-idx1-ubyte", "no labels");
  const Outcome data = run(3, {"run", "study.toml"});
  EXPECT_EQ(data.exit_code, 3) << data.err;
  const std::size_t first = data.err.find("error: ");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(data.err.find("error: ", first + 1), std::string::npos) << data.err;
}

}  // namespace
}  // namespace gpu_sweep::test
