// Kills sweeps at random moments, many times. The same command must continue a killed sweep, and finish as if
// nothing had happened.
#include <random>
#include <thread>

#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

constexpr int kKills = GPU_SWEEP_KILLS;
constexpr std::uint32_t kSeed = 20;

class Kill : public Study {
 protected:
  static std::vector<std::string> command(const std::string& out) {
    return {"run", "study.toml", "--epochs", "30", "--snapshot-every", "3", "--out", out};
  }

  void export_npz(const std::string& out) {
    const Outcome outcome = Program(directory_.path(), {"export", out, "--format", "npz"}).wait();
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }

  /// Returns the runs that `out` shows as finished, each with its metrics.
  std::set<std::string> finished(const std::string& out) {
    std::set<std::string> runs;
    if (!std::filesystem::exists(directory_ / out / "runs.sqlite")) return runs;
    const Outcome shown = Program(directory_.path(), {"show", out, "--json"}).wait();
    EXPECT_EQ(shown.exit_code, 0) << shown.err;
    const auto summary = nlohmann::json::parse(shown.out, nullptr, false);
    for (const auto& model : summary["models"]) {
      for (const auto& run : model["per_run"]) runs.insert(model["name"].dump() + run.dump());
    }
    return runs;
  }
};

TEST_F(Kill, AtRandomMomentsLosesNothingAndChangesNothing) {
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(gpu_sweep(command("calm")).exit_code, 0);
  const std::chrono::duration<double> whole = std::chrono::steady_clock::now() - start;
  export_npz("calm");

  std::mt19937 random(kSeed);
  std::uniform_real_distribution<double> moment(0, whole.count());
  int kills = 0, resumed = 0;
  for (int sweep = 0; kills < kKills; ++sweep) {
    const std::string out = "killed-" + std::to_string(sweep);
    std::set<std::string> before;
    for (bool done = false; !done;) {
      Program program(directory_.path(), with_usual_flags(command(out)));
      std::this_thread::sleep_for(std::chrono::duration<double>(moment(random)));
      program.send(SIGKILL);
      const Outcome outcome = program.wait();
      done = outcome.exit_code == 0;
      ASSERT_TRUE(done || outcome.signal == SIGKILL) << outcome.err;
      kills += !done;
      resumed += outcome.err.find("from snapshots") != std::string::npos;
      const std::set<std::string> after = finished(out);
      ASSERT_TRUE(std::ranges::includes(after, before)) << "a finished run is gone, or another than it was";
      before = after;
    }
    ASSERT_EQ(metrics_text(out), metrics_text("calm"));
    export_npz(out);
    for (const char* file : {"layer = 0.npz", "layer = 1.npz"}) {
      const std::string name = std::string("/npz/") + file;
      ASSERT_NE(read("calm" + name), "") << name;
      ASSERT_EQ(read(out + name), read("calm" + name));
    }
    ASSERT_FALSE(std::filesystem::exists(directory_ / out / "snapshots")) << "dropped when runs finish";
    std::filesystem::remove_all(directory_ / out);
  }
  EXPECT_GT(resumed, 0) << "no process continued from a snapshot";
  std::cout << kills << " kills, " << resumed << " processes continued from snapshots\n";
}

}  // namespace
}  // namespace gpu_sweep::test
