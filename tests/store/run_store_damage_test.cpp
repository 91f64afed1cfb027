// Rows that are not as they were written, and files that are no store.
#include "tests/store/run_store_damage_fixture.h"

namespace gpu_sweep::test {
namespace {

using ::testing::ElementsAre;
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

TEST_F(RunStoreDamage, ADamagedExperimentIsRefused) {
  fill();
  change("UPDATE study SET value = replace(value, '0.2', '0.3') WHERE name = 'experiment'");
  expect_corrupt("its experiment does not match its checksum");
}

TEST_F(RunStoreDamage, AMissingProvenanceIsRefused) {
  fill();
  change("DELETE FROM study WHERE name = 'provenance'");
  expect_corrupt("its provenance is missing");
}

TEST_F(RunStoreDamage, WhatIsNoDatabaseIsRefusedAndStaysAsItIs) {
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
  change("PRAGMA user_version = 1000");
  EXPECT_THAT(error_of(ExitCode::kUsage, [this] { RunStore::open(out()); }), HasSubstr("version 1000"));
}

}  // namespace
}  // namespace gpu_sweep::test
