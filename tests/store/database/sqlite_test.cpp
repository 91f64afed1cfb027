// Which failures of SQLite count as a damaged file, which a salvage would replace, and what the errors say.
#include "engine/store/database/sqlite.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "tests/support/error_of.h"
#include "tests/support/temporary_directory.h"

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

TEST_F(SqliteFailures, OfATooLongNameSaysSo) {
  const auto create = [](const std::filesystem::path& file) {
    sqlite::Database(file, sqlite::Access::kCreate).execute("CREATE TABLE t (x)");
  };
  const std::filesystem::path deep = directory.path() / std::string(200, 'a') / std::string(200, 'b');
  std::filesystem::create_directories(deep);
  const auto named = [&](std::size_t bytes) {
    return deep / std::string(bytes - deep.native().size() - 1, 'c');
  };
  EXPECT_NO_THROW(create(named(504)));
  EXPECT_EQ(test::error_of(ExitCode::kOutput, [&] { create(named(505)); }),
            "cannot open " + named(505).string() + ": its full name has 505 bytes, expected at most 504");
}

TEST_F(SqliteFailures, OfALookUpDoNotMeanThatThereIsNoLog) {
  const std::filesystem::path file = directory.path() / "other.sqlite",
                              log = directory.path() / "other.sqlite-wal";
  EXPECT_FALSE(sqlite::has_log(file));
  std::filesystem::create_symlink(log.filename(), log);  // a link to itself
  const std::string words = "cannot look up " + log.string() + ": Too many levels of symbolic links";
  EXPECT_EQ(test::error_of(ExitCode::kOutput, [&] { sqlite::has_log(file); }), words);
  const auto read_alone = [&] { sqlite::Database(file, sqlite::Access::kReadAlone); };
  EXPECT_EQ(test::error_of(ExitCode::kOutput, read_alone), words) << "reading without the log may lack runs";
}

/// Limits the size of the files that this process writes. The destructor restores the former limit.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*signal_)(int) = std::signal(SIGXFSZ, SIG_IGN);  // as the program does (apps/gpu_sweep/main.cpp)
};

TEST_F(SqliteFailures, OfTheLimitOnFileSizesNameFileAndLimit) {
  const std::string file = (directory.path() / "test.sqlite").string();
  const std::string words =
      ": the file would exceed the size limit of this process (ulimit -f) or of the file system";
  database.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (x)");
  const auto insert = [&] { database.execute("INSERT INTO t VALUES (zeroblob(300000))"); };
  {
    const FileSizeLimit limit(200'000);
    EXPECT_EQ(test::error_of(ExitCode::kOutput, insert), "cannot write " + file + "-wal" + words);
  }
  EXPECT_NO_THROW(insert());
}

}  // namespace
}  // namespace gpu_sweep
