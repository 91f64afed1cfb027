// Finished runs that are lost. Commands that read the runs name the lost ones, show the remaining ones and
// exit with 8; `run` names the lost ones and trains them again.
#include <algorithm>

#include "engine/store/database/ledger.h"
#include "tests/end_to_end/intact_results_fixture.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Commands that read a study.
const std::vector<std::vector<std::string>> kReaders = {{"show", "results"},
                                                        {"export", "results", "--format", "csv"},
                                                        {"report", "results"},
                                                        {"compare", "results", "results"},
                                                        {"verify", "results"}};

class LostRuns : public IntactResults {
 protected:
  std::size_t lines_of(const std::string& name) const {
    const std::string text = read(name);
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
  }

  /// Trains two shards in shard1/ and shard2/.
  void train_shards() {
    for (const std::string shard : {"1", "2"}) {
      const Outcome outcome =
          gpu_sweep({"run", "study.toml", "--shard", shard + "/2", "--out", "shard" + shard});
      ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    }
  }
};

TEST_F(LostRuns, ALedgerNamesTheRunsThatATruncatedLogLost) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "2"});
  const std::string old_store = read("results/runs.sqlite");
  gpu_sweep({"run", "study.toml", "--out", "results"});
  write("results/runs.sqlite", old_store);  // as if the log with the other runs had been lost
  for (const std::vector<std::string>& words : kReaders) {
    const Outcome outcome = command(words);
    EXPECT_EQ(outcome.exit_code, 8) << words[0] << outcome.err;
    EXPECT_NE(outcome.out, "") << words[0] << ": what is there is shown";
    EXPECT_THAT(outcome.out + outcome.err,
                AllOf(HasSubstr("'wide': seed 7: finished"), HasSubstr("'deep': seed 7: finished")))
        << words[0];
  }
  const Outcome again = gpu_sweep({"run", "study.toml", "--out", "results"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, AllOf(HasSubstr("'deep': seed 7"), HasSubstr("training 2")));
  gpu_sweep({"run", "study.toml", "--out", "calm"});
  EXPECT_EQ(metrics_text("results"), metrics_text("calm"));
  EXPECT_THAT(command({"verify", "results"}).out,
              HasSubstr("csv            out of date: of 4 of the 6 runs"));
  command({"export", "results", "--format", "csv"});
  EXPECT_EQ(command({"verify", "results"}).exit_code, 0);
}

TEST_F(LostRuns, ADamagedRunDoesNotHideTheOthers) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  const std::string summary = metrics_text("results");
  change("results", "UPDATE runs SET final = zeroblob(48) WHERE model = 'deep' AND seed = 6");
  change("results", "UPDATE runs SET seed = 70 WHERE model = 'wide' AND seed = 7");
  for (const std::vector<std::string>& words : kReaders) {
    const Outcome outcome = command(words);
    EXPECT_EQ(outcome.exit_code, 8) << words[0] << outcome.err;
    EXPECT_NE(outcome.out, "") << words[0] << ": what is there is shown";
    EXPECT_THAT(outcome.out + outcome.err,
                AllOf(HasSubstr("run of \"deep\", seed 6"), HasSubstr("run of \"wide\", seed 70"),
                      HasSubstr("'wide': seed 7: finished"), Not(HasSubstr("'deep': seed"))))
        << words[0];
  }
  EXPECT_EQ(shown(command({"show", "results", "--json"})), 4u);
  EXPECT_EQ(lines_of("results/csv/runs.csv"), 1u + 4u) << "a header, and one line per run";
  EXPECT_EQ(command({"show", "--settings", "results"}).exit_code, 0);
  const Outcome again = gpu_sweep({"run", "study.toml", "--out", "results"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("training 2"));
  EXPECT_EQ(metrics_text("results"), summary);
}

TEST_F(LostRuns, OfAShardAreNamedByTheWhole) {
  train_shards();
  fs::copy(directory_ / "shard1", directory_ / "sound", fs::copy_options::recursive);
  const auto victim = RunStore::open(directory_ / "shard1").runs().front();
  const std::string seed = std::to_string(victim.seed), lost = "'" + victim.model + "': seed " + seed;
  const std::string where = " WHERE model = '" + victim.model + "' AND seed = " + seed;
  for (const std::string& sql :
       {"DELETE FROM runs" + where, "UPDATE runs SET final = zeroblob(48)" + where}) {
    SCOPED_TRACE(sql);
    fs::remove_all(directory_ / "whole");
    fs::remove_all(directory_ / "shard1");
    fs::copy(directory_ / "sound", directory_ / "shard1", fs::copy_options::recursive);
    change("shard1", sql);
    const Outcome merged = command({"merge", "whole", "shard1", "shard2"});
    EXPECT_EQ(merged.exit_code, 8) << merged.err;
    EXPECT_THAT(merged.out, HasSubstr("5 of 6 runs are here"));
    EXPECT_THAT(merged.err, HasSubstr("missing: " + lost));
    EXPECT_THAT(merged.err, Not(HasSubstr("damaged, left out: '")));
    EXPECT_EQ(merged.err.find("damaged, left out: shard1: run of") != std::string::npos,
              sql.starts_with("UPDATE"));
    const Outcome show = command({"show", "whole"});
    EXPECT_EQ(show.exit_code, 8) << show.err;
    EXPECT_THAT(show.err, HasSubstr("missing: " + lost));
    // A run is not lost if another store still has it.
    const Outcome again = command({"merge", "whole", "shard1", "shard2", "sound"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(command({"show", "whole"}).exit_code, 0);
  }
}

TEST_F(LostRuns, ARepairedShardIsNotMeasuredByTheWholeExperiment) {
  train_shards();
  const Outcome repair = command({"repair", "shard1"});
  EXPECT_EQ(repair.exit_code, 0) << repair.err;
  EXPECT_THAT(repair.err, AllOf(HasSubstr("of shard 1 of 2 are intact"),
                                HasSubstr("gpu_sweep run EXPERIMENT.toml --out shard1 --shard 1/2 trains"),
                                Not(HasSubstr("missing"))));
  const Outcome run = gpu_sweep({"run", "study.toml", "--out", "shard1", "--shard", "1/2"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("nothing to train"));
}

TEST_F(LostRuns, OfAShardAreTrainedAgainInTheWhole) {
  train_shards();
  change("shard2", "DELETE FROM runs WHERE seed = 6");
  EXPECT_EQ(command({"merge", "whole", "shard1", "shard2"}).exit_code, 8);
  const Outcome run = gpu_sweep({"run", "study.toml", "--out", "whole"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("seed 6: finished"));
  EXPECT_EQ(command({"show", "whole"}).exit_code, 0);
  EXPECT_EQ(command({"verify", "whole"}).exit_code, 0);
  gpu_sweep({"run", "study.toml", "--out", "at_once"});
  EXPECT_EQ(metrics_text("whole"), metrics_text("at_once"));
}

TEST_F(LostRuns, AreNamedByABackupToo) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  change("results", "UPDATE runs SET final = zeroblob(48) WHERE model = 'deep' AND seed = 6");
  change("results", "DELETE FROM runs WHERE model = 'wide' AND seed = 7");
  const Outcome backup = command({"backup", "results", "copy"});
  EXPECT_EQ(backup.exit_code, 8) << backup.err;
  EXPECT_THAT(backup.err,
              AllOf(HasSubstr("damaged, left out: run of \"deep\", seed 6"),
                    HasSubstr("missing: 'wide': seed 7: finished"), HasSubstr("copy: 4 runs copied")));
  sqlite::Database copy(directory_ / "copy/runs.sqlite", sqlite::Access::kRead);
  EXPECT_EQ(copy.integer("SELECT count(*) FROM runs"), 4);
  EXPECT_EQ(copy.integer("SELECT count(*) FROM damaged_runs"), 1);
  const Outcome show = command({"show", "copy"});
  EXPECT_EQ(show.exit_code, 8);
  EXPECT_THAT(show.err, AllOf(HasSubstr("missing: 'deep': seed 6"), HasSubstr("missing: 'wide': seed 7")));
}

TEST_F(LostRuns, AreNotVouchedForByADamagedLedger) {
  train_shards();
  const std::string ledger = read("shard1/runs.sqlite-ledger");
  flip("shard1/runs.sqlite-ledger", ledger.size() - 10);
  const auto remark = HasSubstr("warning: shard1/runs.sqlite-ledger is damaged: line ");
  EXPECT_THAT(command({"backup", "shard1", "copy"}).err, remark);
  EXPECT_THAT(command({"merge", "whole", "shard1", "shard2"}).err, remark);
}

TEST_F(LostRuns, AreNotDeniedWithoutALedger) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "2"});
  EXPECT_THAT(command({"verify", "results"}).out,
              HasSubstr("store          4 runs, the log and the ledger agree\n"));
  const std::string ledger = "results/runs.sqlite-ledger", whole = read(ledger);
  gpu_sweep({"run", "study.toml", "--out", "results"});
  write(ledger, whole);  // without the lines that were added since
  const Outcome cut = command({"verify", "results"});
  EXPECT_EQ(cut.exit_code, 0) << cut.out;
  EXPECT_THAT(cut.out, AllOf(HasSubstr("store          6 runs, the log agrees\n"),
                             HasSubstr("ledger         2 runs not in the ledger")));
  fs::remove(directory_ / ledger);
  const Outcome none = command({"verify", "results"});
  EXPECT_EQ(none.exit_code, 0) << none.out;
  EXPECT_THAT(none.out, AllOf(HasSubstr("store          6 runs, the log agrees\n"),
                              HasSubstr("ledger         no ledger")));
  command({"repair", "results"});
  EXPECT_THAT(command({"verify", "results"}).out, HasSubstr("6 runs, the log and the ledger agree"));
}

TEST_F(LostRuns, StayLostInARepairedStoreThatHadNoLedger) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  change("results", "UPDATE runs SET final = zeroblob(48) WHERE model = 'deep' AND seed = 6");
  change("results", "UPDATE runs SET key = 'x' || substr(key, 2) WHERE model = 'wide' AND seed = 7");
  fs::remove(directory_ / "results/runs.sqlite-ledger");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(command({"repair", "results"}).exit_code, 8);
  EXPECT_THAT(command({"show", "results"}).err,
              AllOf(HasSubstr("missing: 'deep': seed 6"), HasSubstr("missing: 'wide': seed 7")));
  EXPECT_EQ(gpu_sweep({"run", "study.toml", "--out", "results"}).exit_code, 0);
  EXPECT_EQ(command({"repair", "results"}).exit_code, 0);
  EXPECT_EQ(command({"show", "results"}).exit_code, 0);
}

TEST_F(LostRuns, OfATruncatedStoreWithoutALedgerAreNotDenied) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  const std::string whole = read("results/runs.sqlite");
  // The third page has all runs, and the first run is at the end of this page.
  for (const auto& [bytes, runs] : {std::pair{3 * 32'768U, 6}, {3 * 32'768U - 1000, 5}, {2 * 32'768U, 0}}) {
    SCOPED_TRACE(bytes);
    fs::remove_all(directory_ / "results");
    fs::create_directory(directory_ / "results");
    write("results/runs.sqlite", whole.substr(0, bytes));
    const Outcome repair = command({"repair", "results"});
    EXPECT_EQ(repair.exit_code, runs == 6 ? 0 : 8) << repair.err;
    EXPECT_THAT(repair.err, HasSubstr(std::to_string(runs) + " runs are intact"));
    const auto unknown =
        HasSubstr("error: results: without a ledger it is unknown which finished runs are lost");
    if (runs == 6) {
      EXPECT_THAT(repair.err, Not(unknown)) << "no run of the experiment is missing";
    } else {
      EXPECT_THAT(repair.err, unknown);
    }
    EXPECT_EQ(kept_runs("results"), static_cast<std::size_t>(runs));
  }
}

TEST_F(LostRuns, ThatAreNotAskedForAreNotSaidToBeTrainedAgain) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "2"});
  const std::string old_store = read("results/runs.sqlite");
  gpu_sweep({"run", "study.toml", "--out", "results"});
  write("results/runs.sqlite", old_store);
  const Outcome run = gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "2"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("'deep': seed 7: finished according to its ledger"),
                             HasSubstr("not asked for by this experiment"), Not(HasSubstr("trained again"))));
}

TEST_F(LostRuns, RowsUnlikeTheLedgerAreNamedByRepairAndBackup) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  const fs::path ledger = directory_ / "results/runs.sqlite-ledger";
  LedgerContents contents = *read_ledger(ledger);
  char& digit = contents.runs.begin()->second.sha256.front();
  digit = digit == '0' ? '1' : '0';
  write_ledger(ledger, contents);
  const auto remark = HasSubstr(": not as the ledger names them");
  EXPECT_THAT(command({"verify", "results"}).out, remark);
  EXPECT_THAT(command({"backup", "results", "copy"}).err, remark);
  EXPECT_THAT(command({"repair", "results"}).err, remark);
  EXPECT_THAT(command({"repair", "results"}).err, Not(remark)) << "the ledger now names the rows found";
}

}  // namespace
}  // namespace gpu_sweep::test
