// What verify, repair, backup and a stopped sweep report about incomplete results.
#include "engine/store/database/ledger.h"
#include "tests/end_to_end/intact_results_fixture.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(IntactResults, VerifyNamesRowsThatTheLedgerDoesNotNameByModel) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  LedgerContents other;
  for (const RunRecord& run : RunStore::open(directory_ / "results").runs()) {
    other.runs[run.key] = {run.model, run.seed, run.key, std::string(64, '0')};
  }
  write_ledger(directory_ / "results/runs.sqlite-ledger", other);
  const Outcome verify = command({"verify", "results"});
  EXPECT_EQ(verify.exit_code, 8) << verify.out;
  EXPECT_THAT(verify.out, AllOf(HasSubstr("DAMAGED: 'wide': seeds 5 to 7: not as the ledger names them\n"),
                                HasSubstr("DAMAGED: 'deep': seeds 5 to 7: not as the ledger names them\n")));
  EXPECT_THAT(verify.err, HasSubstr("2 faults"));
}

TEST_F(IntactResults, RepairNamesLostRunsAndExitsWith8) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  change("results", "UPDATE runs SET final = zeroblob(48) WHERE model = 'deep' AND seed = 6");
  change("results", "DELETE FROM runs WHERE model = 'wide' AND seed = 5");
  for (const char* damaged :
       {"run of \"deep\", seed 6", "'deep': seed 6: finished according to its ledger"}) {
    const Outcome repair = command({"repair", "results"});
    EXPECT_EQ(repair.exit_code, 8) << repair.err;
    EXPECT_THAT(repair.err,
                AllOf(HasSubstr(damaged), HasSubstr("'wide': seed 5: finished according to its ledger"),
                      HasSubstr("4 runs are intact, 2 of the experiment are missing"),
                      HasSubstr("results: finished runs are lost, see above")));
  }
  EXPECT_EQ(gpu_sweep({"run", "study.toml", "--out", "results"}).exit_code, 0);
  EXPECT_EQ(command({"repair", "results"}).exit_code, 0);
}

TEST_F(IntactResults, AStoppedRunSaysThatItsReportIsOfFewerRuns) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  const std::vector<std::string> more = {"run",    "study.toml", "--out",        "results",
                                         "--runs", "2000",       "--stop-after", "1s"};
  const Outcome raised = gpu_sweep(more);
  EXPECT_EQ(raised.exit_code, 75) << raised.err;
  EXPECT_THAT(raised.err,
              testing::ContainsRegex("results: report.html and summary.json are still of 6 of [0-9]+ runs"));
  fs::remove(directory_ / "results/report.html");
  EXPECT_THAT(gpu_sweep(more).err,
              testing::ContainsRegex("results: summary.json is still of 6 of [0-9]+ runs"));
  fs::remove(directory_ / "results/summary.json");
  EXPECT_THAT(gpu_sweep(more).err, Not(HasSubstr("still of")));
}

TEST_F(IntactResults, ABackupKilledAnywhereNeverLooksWhole) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  change("results", "DELETE FROM runs WHERE seed = 6");
  if (std::system("strace -f -o /dev/null true 2> /dev/null") != 0) GTEST_SKIP() << "NOT TESTED: no strace";
  for (int call = 1; call <= 4; ++call) {
    for (const std::string name : {"rename", "renameat", "renameat2", "fsync", "fdatasync"}) {
      fs::remove_all(directory_ / "copy");
      const Outcome killed = Program(directory_.path(), {"backup", "results", "copy"}, ".stdout",
                                     {"strace", "-f", "-o", "/dev/null", "-e", "trace=" + name, "-e",
                                      "inject=" + name + ":signal=KILL:when=" + std::to_string(call)})
                                 .wait();
      SCOPED_TRACE(name + " " + std::to_string(call) + ", exit " + std::to_string(killed.exit_code));
      const Outcome show = command({"show", "copy"});
      EXPECT_NE(show.exit_code, 0);  // there are no results, or runs are named as missing
      EXPECT_EQ(show.exit_code == 8, fs::exists(directory_ / "copy/runs.sqlite-ledger")) << show.err;
      if (fs::exists(directory_ / "copy/runs.sqlite")) continue;
      EXPECT_EQ(command({"backup", "results", "copy"}).exit_code, 8) << "the next one is not hindered";
      EXPECT_THAT(command({"show", "copy"}).err, HasSubstr("'deep': seed 6"));
      EXPECT_FALSE(fs::exists(directory_ / "copy/runs.sqlite.unfinished-backup"));
    }
  }
}

TEST_F(IntactResults, ABackupRemovesNothingThatAnotherCommandLeft) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  fs::create_directory(directory_ / "copy");
  fs::copy(directory_ / "results/runs.sqlite", directory_ / "copy/runs.sqlite.new");
  const std::string salvaged = read("copy/runs.sqlite.new");
  const Outcome backup = command({"backup", "results", "copy"});
  EXPECT_EQ(backup.exit_code, 2);
  EXPECT_THAT(backup.err, HasSubstr("copy holds results (runs.sqlite.new): expected a folder without"));
  EXPECT_EQ(read("copy/runs.sqlite.new"), salvaged);
}

}  // namespace
}  // namespace gpu_sweep::test
