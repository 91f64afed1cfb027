// Stores in which rows, the experiment, the schema or the version were changed or deleted, and files that are
// not stores.
#include <array>

#include "engine/store/database/ledger.h"
#include "engine/store/database/run_schema.h"
#include "engine/store/runs/backup_store.h"
#include "engine/store/runs/merge_stores.h"
#include "tests/store/runs/run_store_damage_fixture.h"

namespace gpu_sweep::test {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST_F(RunStoreDamage, ADamagedRunIsNamedSetAsideAndTrainedAgain) {
  fill();
  change("UPDATE runs SET final = zeroblob(48) WHERE model = 'deep' AND seed = 1");
  {
    RunStore store = continued();
    EXPECT_THAT(store.damaged(), ElementsAre("run of \"deep\", seed 1"));
    EXPECT_FALSE(store.contains("key-deep-1"));
    EXPECT_TRUE(store.contains("key-deep-0"));
    EXPECT_EQ(expect_only_true_runs(store), 5u);
    store.add(runs[4]);
    EXPECT_EQ(expect_only_true_runs(store), 6u);
  }
  EXPECT_TRUE(continued().damaged().empty());
  sqlite::Database database(file(), sqlite::Access::kRead);
  EXPECT_EQ(database.integer("SELECT count(*) FROM damaged_runs WHERE model = 'deep' AND seed = 1"), 1);
}

TEST_F(RunStoreDamage, ADamagedRunIsNotReadSilently) {
  fill();
  change("UPDATE runs SET seed = 7 WHERE model = 'wide' AND seed = 2");
  const RunStore store = RunStore::open(out());
  EXPECT_THAT(store.damaged(), ElementsAre("run of \"wide\", seed 7"));
  EXPECT_THAT(error_of(ExitCode::kCorrupt, [&] { store.runs(); }), HasSubstr("run of \"wide\", seed 7"));
}

TEST_F(RunStoreDamage, AReaderIsGivenTheIntactRunsAndToldOfTheOthers) {
  fill();
  change("UPDATE runs SET final = zeroblob(48) WHERE model = 'deep' AND seed = 1");
  change("UPDATE runs SET seed = 7 WHERE model = 'wide' AND seed = 2");
  const auto lost = ElementsAre(HasSubstr("'wide': seed 2: finished"));  // 'deep' is among the damaged runs
  EXPECT_THAT(RunStore::open(out()).missing(), lost);
  const RunStore store = RunStore::open(out());
  std::vector<std::string> damaged;
  const std::vector<RunRecord> read = store.runs(damaged);
  EXPECT_THAT(damaged, ElementsAre("run of \"wide\", seed 7", "run of \"deep\", seed 1"));
  EXPECT_EQ(store.damaged(), damaged);
  EXPECT_THAT(store.missing(), lost);
  ASSERT_EQ(read.size(), 4u);
  constexpr std::array<std::size_t, 4> kIntact = {0, 1, 3, 5};
  for (std::size_t i = 0; i < kIntact.size(); ++i) expect_same_bits(runs[kIntact[i]], read[i]);
}

TEST_F(RunStoreDamage, ADamagedExperimentIsRefused) {
  fill();
  change("UPDATE study SET value = replace(value, '0.2', '0.3') WHERE name = 'experiment'");
  EXPECT_THAT(error_of(ExitCode::kCorrupt, [this] { RunStore::open(out()); }),
              HasSubstr("its experiment does not match its checksum"));
  std::filesystem::remove(ledger_file(file()));
  expect_corrupt("its experiment does not match its checksum");
}

TEST_F(RunStoreDamage, ADamagedExperimentIsTakenFromTheLedger) {
  fill();
  change("UPDATE study SET value = replace(value, '0.2', '0.3') WHERE name = 'experiment'");
  const RunStore store = continued();
  EXPECT_EQ(expect_only_true_runs(store), runs.size());
  EXPECT_THAT(store.damaged(), ElementsAre(HasSubstr("6 finished runs were recovered from it")));
}

TEST_F(RunStoreDamage, ADamagedVersionOfTheNumericsIsTakenFromTheLedger) {
  fill();
  change("UPDATE study SET value = '7' WHERE name = 'numerics_version'");
  EXPECT_THAT(error_of(ExitCode::kCorrupt, [this] { RunStore::open(out()); }),
              HasSubstr("its numerics_version does not match its checksum"));
  const RunStore store = continued();
  EXPECT_EQ(expect_only_true_runs(store), runs.size());
  EXPECT_EQ(store.stored().provenance.numerics_version, kNumericsVersion);
}

TEST_F(RunStoreDamage, ADamagedExperimentIsTakenFromTheCallerWithOnlyItsOwnRuns) {
  fill();
  change("UPDATE study SET value = replace(value, '0.2', '0.3') WHERE name = 'experiment'");
  std::filesystem::remove(ledger_file(file()));
  StoreOptions options;
  for (const RunRecord& run : runs) {
    if (run.key != "key-deep-1") options.runs.push_back({run.key, run.model, run.seed});
  }
  const RunStore store = RunStore::create_or_continue(out(), experiment, sample_provenance(), options);
  EXPECT_EQ(expect_only_true_runs(store), runs.size() - 1);
  EXPECT_FALSE(store.contains("key-deep-1"));
  EXPECT_THAT(
      store.damaged(),
      ElementsAre(EndsWith("; 5 finished runs were recovered from it, and it is kept as "
                           "runs.sqlite.damaged-1; 1 finished run that was not asked for stays only there")));
}

TEST_F(RunStoreDamage, ARunThatIsGoneIsNamedByTheLedger) {
  fill();
  change("DELETE FROM runs WHERE model = 'deep' AND seed > 0");
  {
    const RunStore reader = RunStore::open(out());
    EXPECT_THAT(reader.missing(),
                ElementsAre(HasSubstr("'deep': seeds 1, 2: finished according to its ledger")));
    EXPECT_EQ(expect_only_true_runs(reader), 4u);
  }
  {
    RunStore store = continued();
    EXPECT_THAT(store.damaged(), ElementsAre(HasSubstr("'deep': seeds 1, 2: finished")));
    store.add(runs[4]);
  }
  EXPECT_THAT(continued().damaged(), ElementsAre(HasSubstr("'deep': seed 2: finished")))
      << "named until it is back";
}

TEST_F(RunStoreDamage, ARunThatTheLedgerDoesNotNameYetIsThereAndAddedToIt) {
  fill();
  std::string lines = read_file(ledger_file(file()));
  // As after a kill between the commit and the ledger's line.
  lines.resize(lines.rfind('\n', lines.size() - 2) + 1);
  write_file(ledger_file(file()), lines);
  ASSERT_EQ(read_ledger(ledger_file(file()))->runs.size(), runs.size() - 1);
  EXPECT_EQ(expect_only_true_runs(RunStore::open(out())), runs.size());
  {
    const RunStore store = continued();
    EXPECT_EQ(expect_only_true_runs(store), runs.size());
    EXPECT_THAT(store.damaged(), ::testing::IsEmpty());
    EXPECT_THAT(store.remarks(), ::testing::IsEmpty());
  }
  EXPECT_EQ(read_ledger(ledger_file(file()))->runs.size(), runs.size());
}

TEST_F(RunStoreDamage, AStoreThatIsGoneIsNamedByItsLedger) {
  fill();
  std::filesystem::remove(file());
  EXPECT_THAT(error_of(ExitCode::kCorrupt, [this] { RunStore::open(out()); }),
              HasSubstr("is gone, and its ledger names 6 finished runs"));
  EXPECT_THAT(continued().damaged(),
              ElementsAre(HasSubstr("'deep': seeds 0 to 2"), HasSubstr("'wide': seeds 0 to 2")));
  std::filesystem::remove(file());
  experiment.seed = 7;
  EXPECT_THAT(continued().damaged(), ElementsAre(HasSubstr("its ledger, of another experiment, is kept as")));
  EXPECT_TRUE(continued().missing().empty());
}

TEST_F(RunStoreDamage, AHistoryLongerThanItsRunIsRefused) {
  runs[0].history.resize(5);
  fill();
  EXPECT_THAT(error_of(ExitCode::kCorrupt, [this] { RunStore::open(out()).runs(); }),
              HasSubstr("run of \"wide\", seed 0: a history of 5 points, expected at most 4"));
  std::vector<std::string> damaged;
  EXPECT_EQ(RunStore::open(out()).runs(damaged).size(), runs.size() - 1);
  EXPECT_THAT(damaged, ElementsAre("run of \"wide\", seed 0: a history of 5 points, expected at most 4"));
}

TEST_F(RunStoreDamage, ARowThatDoesNotFitItsModelIsSetAsideAndTrainedAgain) {
  const RunRecord sound = runs[0];
  runs[0].history.resize(5);
  fill();
  const MergeOutcome merged = merge_stores(out() / "merged", {out()});
  EXPECT_EQ(merged.added, 5);
  EXPECT_EQ(merged.damaged_runs, 1);
  EXPECT_EQ(RunStore::open(out() / "merged").runs().size(), 5u);
  const BackupOutcome copied = backup_store(out(), out() / "copy");
  EXPECT_THAT(copied.damaged,
              ElementsAre("run of \"wide\", seed 0: a history of 5 points, expected at most 4"));
  EXPECT_EQ(RunStore::open(out() / "copy").runs().size(), 5u);
  runs[0] = sound;
  {
    RunStore store = continued();
    EXPECT_THAT(store.damaged(),
                ElementsAre("run of \"wide\", seed 0: a history of 5 points, expected at most 4"));
    EXPECT_FALSE(store.contains(sound.key));
    store.add(sound);
    EXPECT_EQ(expect_only_true_runs(store), 6u);
  }
  EXPECT_TRUE(continued().damaged().empty());
  EXPECT_TRUE(RunStore::open(out()).replaced().empty());
}

TEST_F(RunStoreDamage, ASchemaThatIsNotOursIsRefused) {
  fill();
  const std::string sound = read_file(file());
  for (const char* sql : {"CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END",
                          "CREATE VIEW v AS SELECT * FROM runs", "CREATE TABLE t (x)",
                          "CREATE INDEX i ON runs (seed)", "DROP TABLE damaged_runs"}) {
    SCOPED_TRACE(sql);
    write_file(file(), sound);
    change(sql);
    EXPECT_THAT(error_of(ExitCode::kCorrupt, [this] { RunStore::open(out()); }), HasSubstr("its schema has"));
    EXPECT_EQ(expect_only_true_runs(continued()), runs.size());
    EXPECT_EQ(expect_only_true_runs(RunStore::open(out())), runs.size());
  }
}

TEST_F(RunStoreDamage, AnImpossibleExperimentIsRefused) {
  fill();
  for (const std::string& text : {std::string(100'000, '[') + std::string(100'000, ']'), std::string("{}"),
                                  std::string(R"({"name":"a","runs":2147483647,"seed":0,"models":[]})")}) {
    {
      sqlite::Database database(file(), sqlite::Access::kReadWrite);
      write_study_text(database, "experiment", text);
    }
    EXPECT_THAT(error_of(ExitCode::kCorrupt, [this] { RunStore::open(out()); }), HasSubstr("is damaged: "));
  }
}

TEST_F(RunStoreDamage, AMissingProvenanceIsRefused) {
  fill();
  change("DELETE FROM study WHERE name = 'provenance'");
  std::filesystem::remove(ledger_file(file()));
  expect_corrupt("its provenance is missing");
}

TEST_F(RunStoreDamage, AFileThatIsNotADatabaseIsRefusedAndUnchanged) {
  const std::string text = "my diary, which happens to have this name. " + std::string(5000, 'x');
  write_file(file(), text);
  expect_corrupt("not a database");
  EXPECT_EQ(read_file(file()), text);
}

TEST_F(RunStoreDamage, AnEmptyFileIsRefused) {
  write_file(file(), "");
  expect_corrupt("not a run store");
}

TEST_F(RunStoreDamage, AnotherProgramsDatabaseIsRefused) {
  sqlite::Database(file(), sqlite::Access::kCreate).execute("CREATE TABLE t (x)");
  expect_corrupt("not a run store");
}

TEST_F(RunStoreDamage, ANewerStoreIsRefused) {
  fill();
  const std::string sound = read_file(file());
  for (const char* difference :
       {"ALTER TABLE runs ADD COLUMN lane TEXT", "UPDATE study SET sha256 = 'of another kind'"}) {
    write_file(file(), sound);
    change(std::string(difference) + "; PRAGMA user_version = 1000");
    const std::string newer = read_file(file());
    for (const bool to_write : {false, true}) {
      EXPECT_THAT(error_of(ExitCode::kUsage, [&] { to_write ? continued() : RunStore::open(out()); }),
                  HasSubstr("version 1000, of a newer gpu_sweep"));
    }
    EXPECT_TRUE(read_file(file()) == newer);
  }
}

// The tables and checksums are those of this version, so a different version number must be damage.
class FlippedVersion : public RunStoreDamage, public ::testing::WithParamInterface<bool> {};

/// If the parameter is true, a run has an objective, so the store is of version 2.
TEST_P(FlippedVersion, IsDamageAndCostsNoRun) {
  if (GetParam()) add_objective(runs[4]);
  fill();
  const std::string sound = read_file(file()), ledger = read_file(ledger_file(file()));
  constexpr std::size_t kVersion = 60;  // offset in the header, four bytes
  for (std::size_t bit = 0; bit < 32; ++bit) {
    SCOPED_TRACE("bit " + std::to_string(bit));
    std::string flipped = sound;
    char& byte = flipped[kVersion + bit / 8];
    byte = static_cast<char>(byte ^ (1 << bit % 8));
    replace(flipped);
    write_file(ledger_file(file()), ledger);
    EXPECT_THAT(error_of(ExitCode::kCorrupt, [this] { RunStore::open(out()); }),
                HasSubstr("runs.sqlite is damaged: its version is "));
    EXPECT_TRUE(read_file(file()) == flipped);
    const RunStore store = bit % 2 == 0 ? continued() : RunStore::repair(out());
    EXPECT_EQ(expect_only_true_runs(store), runs.size());
    EXPECT_THAT(store.damaged(), ElementsAre(HasSubstr("6 finished runs were recovered from it")));
    EXPECT_TRUE(read_file(out() / "runs.sqlite.damaged-1") == flipped);
  }
}

INSTANTIATE_TEST_SUITE_P(Objectives, FlippedVersion, ::testing::Bool());

}  // namespace
}  // namespace gpu_sweep::test
