// Which failures of SQLite speak of a damaged file, which a salvage would replace.
#include "engine/store/sqlite.h"

#include <gtest/gtest.h>

#include "engine/error.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep {
namespace {

class SqliteFailures : public ::testing::Test {
 protected:
  template <typename Function>
  ExitCode code_of(const Function& function) {
    try {
      function();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("test.sqlite"), std::string::npos) << error.what();
      return error.code();
    }
    return ExitCode::kDone;
  }

  test::TemporaryDirectory directory;
  sqlite::Database database{directory.path() / "test.sqlite", sqlite::Access::kCreate};
};

TEST_F(SqliteFailures, OfTheContentsMeanDamage) {
  database.execute("CREATE TABLE t (number INTEGER PRIMARY KEY, x NOT NULL)");
  const auto execute = [&](const char* sql) { return code_of([&] { database.execute(sql); }); };
  EXPECT_EQ(execute("SELECT x FROM runs"), ExitCode::kCorrupt);
  EXPECT_EQ(execute("SELECT y FROM t"), ExitCode::kCorrupt);
  EXPECT_EQ(execute("INSERT INTO t (y) VALUES (1)"), ExitCode::kCorrupt);
  EXPECT_EQ(execute("INSERT INTO t (x) VALUES (NULL)"), ExitCode::kCorrupt);
  EXPECT_EQ(execute("INSERT INTO t (number, x) VALUES ('a', 1)"), ExitCode::kCorrupt);
}

TEST_F(SqliteFailures, OfAnythingElseDoNot) {
  database.execute("BEGIN");
  EXPECT_EQ(code_of([&] { database.execute("BEGIN"); }), ExitCode::kOutput);
  database.execute("COMMIT");
  EXPECT_EQ(code_of([&] { database.execute("COMMIT"); }), ExitCode::kOutput);
  sqlite::Statement statement = database.prepare("SELECT ?");
  EXPECT_EQ(code_of([&] { statement.bind(2, std::int64_t{1}); }), ExitCode::kOutput) << "out of range";
  statement.bind(1, std::int64_t{1});
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(code_of([&] { statement.bind(1, std::int64_t{2}); }), ExitCode::kOutput) << "misuse";
}

}  // namespace
}  // namespace gpu_sweep
