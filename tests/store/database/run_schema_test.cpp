#include "engine/store/database/run_schema.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/support/error_of.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep {
namespace {

TEST(RunInserter, RefusesAKeyThatTheTableHolds) {
  const test::TemporaryDirectory directory;
  sqlite::Database database(directory.path() / "runs.sqlite", sqlite::Access::kCreate);
  create_schema(database);
  RunRow row;
  row.model = "wide";
  row.seed = 3;
  RunInserter inserter(database, [](const std::string& key) { return key == "before"; });
  for (const char* key : {"one", "two"}) {
    row.key = key;
    inserter.insert(row);
  }
  for (const char* key : {"one", "two", "before"}) {
    row.key = key;
    EXPECT_THROW(inserter.insert(row), std::logic_error) << key;
  }
  EXPECT_EQ(keys_of(database), (std::set<std::string>{"one", "two"}));
  EXPECT_EQ(database.integer("SELECT count(*) FROM runs"), 2);
}

class StoreVersion : public ::testing::Test {
 protected:
  StoreVersion() : database_(directory_.path() / "runs.sqlite", sqlite::Access::kCreate) {
    create_schema(database_);
    for (const char* name : kStudyValues) write_study_text(database_, name, "1");
  }

  void insert(const std::string& key, const std::vector<std::byte>& objective) {
    RunRow row;
    row.key = key;
    row.model = "wide";
    row.objective = objective;
    row.sha256 = checksum(row);
    RunInserter(database_, [](const std::string&) { return false; }).insert(row);
  }

  std::map<std::string, RunRow> rows() {
    std::map<std::string, RunRow> rows;
    for_each_run(database_, [&](std::int64_t, const RunRow& row) {
      EXPECT_TRUE(is_intact(row)) << row.key;
      rows[row.key] = row;
    });
    return rows;
  }

  std::int64_t version() { return database_.integer("PRAGMA user_version"); }
  std::string refusal() {
    return test::error_of(ExitCode::kCorrupt, [&] { check_schema(database_, "the store"); });
  }

  test::TemporaryDirectory directory_;
  sqlite::Database database_;
  const std::vector<std::byte> objective_ = {std::byte{1}, std::byte{2}};
};

TEST_F(StoreVersion, TheFirstObjectiveMakesItTwo) {
  insert("first", {});
  EXPECT_EQ(version(), 1);
  check_schema(database_, "the store");
  insert("second", objective_);
  EXPECT_EQ(version(), 2);
  insert("third", {});
  check_schema(database_, "the store");
  std::map<std::string, RunRow> all = rows();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all["first"].objective.empty() && all["third"].objective.empty());
  EXPECT_EQ(all["second"].objective, objective_);
  std::size_t readable = 0;
  visit_readable_runs(database_, 3, [&](const RunRow& row) { readable += is_intact(row); });
  EXPECT_EQ(readable, 3U);
}

/// A reader that opened the store as version 1 still reads whole rows after the store has become version 2.
TEST_F(StoreVersion, AReaderSeesObjectivesThatCameAfterItOpenedTheStore) {
  insert("first", {});
  sqlite::Database reader(directory_.path() / "runs.sqlite", sqlite::Access::kRead);
  for_each_run(reader, [](std::int64_t, const RunRow& row) { EXPECT_TRUE(row.objective.empty()); });
  insert("second", objective_);
  std::size_t objectives = 0;
  for_each_run(reader, [&](std::int64_t, const RunRow& row) {
    EXPECT_TRUE(is_intact(row)) << row.key;
    objectives += !row.objective.empty();
  });
  EXPECT_EQ(objectives, 1U);
}

TEST_F(StoreVersion, ARowSetAsideKeepsItsObjective) {
  insert("second", objective_);
  set_aside(database_, 1);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM runs"), 0);
  EXPECT_EQ(database_.integer("SELECT length(objective) FROM damaged_runs"), 2);
}

TEST_F(StoreVersion, OfOtherTablesIsDamage) {
  database_.execute("PRAGMA user_version = 2");
  EXPECT_EQ(refusal(), "the store is damaged: its version is 2, expected 1 for its tables");
  database_.execute("PRAGMA user_version = 1");
  insert("second", objective_);
  database_.execute("PRAGMA user_version = 1");
  EXPECT_EQ(refusal(), "the store is damaged: its version is 1, expected 2 for its tables");
  database_.execute("PRAGMA user_version = 3");
  EXPECT_EQ(refusal(), "the store is damaged: its version is 3, expected 2 for its tables");
  EXPECT_EQ(rows().size(), 1U) << "still readable, for a rescue";
}

TEST_F(StoreVersion, OnlyOneTableWithObjectivesIsDamage) {
  database_.execute("ALTER TABLE runs ADD COLUMN objective BLOB; PRAGMA user_version = 2");
  EXPECT_EQ(refusal(), "the store is damaged: only one of its tables has objectives");
}

}  // namespace
}  // namespace gpu_sweep
