// Damage to the store must never hide a run that was reported as finished. This test damages the files of a
// killed sweep. It then expects each reported run to be shown or named as lost by show (which may also refuse
// the store), by show after repair, and by run.
#include <sstream>

#include "engine/store/database/ledger.h"
#include "tests/end_to_end/intact_results_fixture.h"
#include "tests/store/salvage/damage_gate_fixture.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

constexpr int kTrials = GPU_SWEEP_TRIALS;

class DamageGateOfTheProgram : public IntactResults {
 protected:
  DamageGateOfTheProgram() {
    while (reported_.size() < 6 || !is_every_run_witnessed() ||
           fs::file_size(directory_ / "killed/runs.sqlite-wal") == 0) {
      leave_a_killed_sweep();
    }
    gpu_sweep({"run", "study.toml", "--runs", kRuns, "--out", "undisturbed"});
  }

  void leave_a_killed_sweep() {
    for (const char* name : {"killed", "results"}) fs::remove_all(directory_ / name);
    Program program(directory_.path(),
                    with_usual_flags({"run", "study.toml", "--runs", kRuns, "--out", "results"}));
    if (!program.runs_until([&] { return kept_runs("results") >= 6; })) return;
    program.send(SIGKILL);
    program.wait();
    fs::copy(directory_ / "results", directory_ / "killed", fs::copy_options::recursive);
    fs::copy(directory_ / "results", directory_ / "read", fs::copy_options::recursive);
    reported_ = RunStore::open(directory_ / "read").runs();
    fs::remove_all(directory_ / "read");
  }

  /// Returns whether the ledger names at least as many runs as the store has. It does not if the sweep was
  /// killed between the commit of a run and the run's line in the ledger; such a run was never reported.
  bool is_every_run_witnessed() const {
    const auto ledger = read_ledger(directory_ / "killed/runs.sqlite-ledger");
    return ledger && ledger->runs.size() >= reported_.size();
  }

  /// Makes a fresh copy of the files that the killed sweep left. Then damages the file `part`: flips one of
  /// its bits, or truncates it.
  void damage(const std::string& part, bool flips) {
    fs::remove_all(directory_ / "results");
    fs::copy(directory_ / "killed", directory_ / "results", fs::copy_options::recursive);
    std::string bytes = read("results/" + part);
    const std::size_t place = random_() % bytes.size();
    if (flips) {
      bytes[place] = static_cast<char>(bytes[place] ^ (1 << random_() % 8));
    } else {
      bytes.resize(place);
    }
    write("results/" + part, bytes);
  }

  static bool is_named(const std::string& messages, const RunRecord& run) {
    std::istringstream stream(messages);
    for (std::string line; std::getline(stream, line);) {
      if (names(line, run)) return true;
    }
    return false;
  }

  /// Expects `show` either to print or name every reported run, or to refuse the store. Runs that are named
  /// in `earlier`, the messages of an earlier command, need not be named again.
  void expect_shown_or_named(const std::string& earlier = "") {
    const Outcome show = command({"show", "results", "--json"});
    const auto summary = nlohmann::json::parse(show.out, nullptr, false);
    if (!summary.is_object()) {
      EXPECT_EQ(show.exit_code, 8) << show.err;
      EXPECT_NE(show.err.find("results/runs.sqlite"), std::string::npos) << show.err;
      ++refused_;
      return;
    }
    std::set<std::pair<std::string, std::uint64_t>> there;
    for (const auto& model : summary["models"]) {
      for (const auto& run : model["per_run"]) there.emplace(model["name"], run["seed"].get<std::uint64_t>());
    }
    bool any_named = false;
    for (const RunRecord& run : reported_) {
      if (there.contains({run.model, run.seed})) continue;
      const bool named = is_named(show.err, run);
      EXPECT_TRUE(named || is_named(earlier, run)) << run.model << ", seed " << run.seed << ": " << show.err;
      any_named = any_named || named;
    }
    EXPECT_TRUE(!any_named || show.exit_code == 8) << show.exit_code;
    lost_ += any_named;
  }

  /// Runs `run`, which trains what is missing. Expects it either to count each reported run as existing or to
  /// name it, and expects the final metrics to equal those of an undisturbed sweep.
  void expect_trained_again() {
    const Outcome run = gpu_sweep({"run", "study.toml", "--runs", kRuns, "--out", "results"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const std::size_t at = run.err.find(" of ", run.err.find("results: "));
    ASSERT_NE(at, std::string::npos) << run.err;
    const std::size_t number = run.err.rfind(' ', at - 1) + 1;
    const auto there = static_cast<std::size_t>(std::stoul(run.err.substr(number, at - number)));
    const auto named = static_cast<std::size_t>(
        std::ranges::count_if(reported_, [&](const RunRecord& each) { return is_named(run.err, each); }));
    EXPECT_GE(there + named, reported_.size()) << run.err;
    EXPECT_EQ(metrics_text("results"), metrics_text("undisturbed"));
    EXPECT_EQ(command({"verify", "results"}).exit_code, 0);
  }

  static constexpr const char* kRuns = "40";  // runs of each of the two models
  std::vector<RunRecord> reported_;
  std::mt19937 random_{31};
  int lost_ = 0, refused_ = 0;
};

TEST_F(DamageGateOfTheProgram, NoReportedRunIsSilentlyMissing_Seed31) {
  for (const std::string part : kParts) {
    for (int trial = 0; trial < 2 * kTrials; ++trial) {
      const bool flips = trial % 2 == 0;
      SCOPED_TRACE(part + (flips ? ", flip " : ", cut ") + std::to_string(trial));
      damage(part, flips);
      expect_shown_or_named();
      if (trial / 2 % 2 == 0) {
        const Outcome repair = command({"repair", "results"});
        EXPECT_TRUE(repair.exit_code == 0 || repair.exit_code == 8) << repair.err;
        expect_shown_or_named(repair.err);
      }
      expect_trained_again();
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(lost_, 0) << "no run was ever lost";
}

}  // namespace
}  // namespace gpu_sweep::test
