#include "engine/store/database/run_schema.h"

#include <gtest/gtest.h>

#include <stdexcept>

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

}  // namespace
}  // namespace gpu_sweep
