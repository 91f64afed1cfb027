// Files of a store that are deleted or truncated while a sweep writes them.
#include "tests/end_to_end/intact_results_fixture.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class DeletedDuringASweep : public IntactResults {
 protected:
  /// Calls `interfere` while a sweep of `runs` runs per model is paused by SIGSTOP. Returns the outcome of
  /// the sweep. Returns nothing if the sweep ended before it could be paused.
  std::optional<Outcome> interfere_with_a_sweep(int runs, const std::function<void()>& interfere) {
    Program program(directory_.path(), with_usual_flags({"run", "study.toml", "--runs", std::to_string(runs),
                                                         "--out", "results"}));
    if (!program.runs_until([&] { return kept_runs("results") >= 5; })) return std::nullopt;
    program.send(SIGSTOP);
    const bool in_time = !fs::exists(directory_ / "results/summary.json");
    interfere();
    program.send(SIGCONT);
    const Outcome outcome = program.wait();
    return in_time ? std::optional(outcome) : std::nullopt;
  }

  /// Deletes the files `names` while a sweep is paused, by interfere_with_a_sweep.
  std::optional<Outcome> delete_during_a_sweep(const std::vector<std::string>& names, int runs) {
    return interfere_with_a_sweep(runs, [&] {
      for (const std::string& name : names) {
        std::error_code it_may_have_ended;
        fs::remove(directory_ / "results" / name, it_may_have_ended);
      }
    });
  }

  /// Returns the outcome of a sweep during which the file `name` of the store was truncated to `bytes` bytes.
  Outcome cut_during_a_sweep(const std::string& name, std::uintmax_t bytes) {
    Outcome outcome;
    enough_work(40, [&](int amount) {
      const auto ended = interfere_with_a_sweep(amount, [&] {
        std::error_code it_may_have_ended;
        fs::resize_file(directory_ / "results" / name, bytes, it_may_have_ended);
      });
      if (ended) outcome = *ended;
      return ended.has_value();
    });
    return outcome;
  }
};

TEST_F(DeletedDuringASweep, LedgerLogAndIndexAreMadeAgainAndNothingIsLost) {
  const std::string ledger = "runs.sqlite-ledger", log = "runs.sqlite-wal", index = "runs.sqlite-shm";
  int undisturbed = 0;
  for (const std::vector<std::string>& names : {std::vector{ledger}, {log}, {log, ledger}, {index}}) {
    SCOPED_TRACE(testing::PrintToString(names));
    Outcome outcome;
    const int runs = enough_work(40, [&](int amount) {
      const auto ended = delete_during_a_sweep(names, amount);
      if (ended) outcome = *ended;
      return ended.has_value();
    });
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    for (const std::string& name : names) EXPECT_THAT(outcome.err, HasSubstr("results/" + name));
    EXPECT_THAT(outcome.err, HasSubstr("deleted or replaced during the sweep: made again"));
    const Outcome verify = command({"verify", "results"});
    EXPECT_EQ(verify.exit_code, 0) << verify.out;
    EXPECT_THAT(verify.out, HasSubstr("the log and the ledger agree"));
    EXPECT_THAT(verify.out, Not(HasSubstr("not in the ledger")));
    if (runs != undisturbed) {
      fs::remove_all(directory_ / "undisturbed");
      gpu_sweep({"run", "study.toml", "--runs", std::to_string(runs), "--out", "undisturbed"});
      undisturbed = runs;
    }
    EXPECT_EQ(metrics_text("results"), metrics_text("undisturbed"));
  }
}

TEST_F(DeletedDuringASweep, ATruncatedStoreEndsItAndWhatIsLostIsNamed) {
  const Outcome run = cut_during_a_sweep("runs.sqlite", 8192);
  EXPECT_THAT(run.err,
              HasSubstr("error: results/runs.sqlite was truncated or overwritten while it was being written, "
                        "and is kept as runs.sqlite.damaged-1: "));
  EXPECT_EQ(run.exit_code, run.err.find("none is lost") != std::string::npos ? 5 : 8) << run.err;
  const Outcome show = command({"show", "results"});
  EXPECT_EQ(show.exit_code, run.exit_code == 5 ? 0 : 8) << show.err;
}

TEST_F(DeletedDuringASweep, ATruncatedIndexEndsItWithALine) {
  const Outcome run = cut_during_a_sweep("runs.sqlite-shm", 0);
  EXPECT_EQ(run.exit_code, 5) << run.signal;
  EXPECT_THAT(run.err, HasSubstr("error: a file that is mapped into memory was truncated by another program, "
                                 "probably runs.sqlite-shm"));
  EXPECT_GE(shown(command({"show", "results", "--json"})), 5U) << "nothing is lost";
}

/// If the process ends before its next commit, the runs in the deleted log are lost. The ledger, however,
/// names them.
TEST_F(DeletedDuringASweep, WhatAKillTakesWithADeletedLogIsNamed) {
  Program program(directory_.path(), long_sweep());
  ASSERT_TRUE(program.runs_until([&] { return kept_runs("results") >= 5; }));
  program.send(SIGSTOP);
  const std::size_t before = kept_runs("results");
  fs::remove(directory_ / "results/runs.sqlite-wal");
  program.send(SIGKILL);
  program.wait();
  const Outcome show = command({"show", "results", "--json"});
  if (show.exit_code == 0) {
    EXPECT_GE(shown(show), before);
  } else {
    EXPECT_EQ(show.exit_code, 8) << show.err;
    EXPECT_THAT(show.err, HasSubstr("finished according to its ledger, but not in"));
  }
}

TEST_F(DeletedDuringASweep, AStoreThatCannotBeRescuedIsNotCalledKept) {
  Program program(directory_.path(), long_sweep());
  ASSERT_TRUE(program.runs_until([&] { return kept_runs("results") >= 5; }));
  fs::create_directories(directory_ / "results/runs.rescued.sqlite.new/in the way");
  for (const char* name : {"runs.sqlite", "runs.sqlite-wal", "runs.sqlite-shm"})
    fs::remove(directory_ / "results" / name);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
  EXPECT_THAT(
      outcome.err,
      AllOf(HasSubstr("results/runs.sqlite was deleted or replaced while it was being written, and its"),
            HasSubstr(" finished runs could not be saved: cannot "), Not(HasSubstr("are kept"))));
}

}  // namespace
}  // namespace gpu_sweep::test
