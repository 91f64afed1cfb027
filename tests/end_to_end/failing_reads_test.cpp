// A disk on which reads fail, one after the other. The program must print one line and exit with 5, unless it
// can do without the read. It must never report damage, and must not replace any file.
#include <map>
#include <ostream>

#include "engine/store/database/sqlite.h"
#include "tests/end_to_end/strace.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::Not;

class FailingReads : public Strace {
 protected:
  /// Trains a study, and writes the rows of one model again, so that they remain in the log.
  void make_study() {
    ASSERT_EQ(gpu_sweep({"run", "study.toml", "--out", "results"}).exit_code, 0);
    sqlite::Database store(directory_ / "results/runs.sqlite", sqlite::Access::kReadWrite);
    for (const char* change : {"seed + 1000", "seed - 1000"})  // unchanged rows would not be written
      store.execute(std::string("UPDATE runs SET seed = ") + change + " WHERE model = 'deep'");
    for (const char* name : {"runs.sqlite", "runs.sqlite-wal", "runs.sqlite-ledger"})
      files_[name] = read(std::string("results/") + name);
    ASSERT_FALSE(files_["runs.sqlite-wal"].empty());
  }

  void put() const {
    fs::remove_all(directory_ / "results");
    fs::create_directory(directory_ / "results");
    for (const auto& [name, bytes] : files_) write_file(directory_ / "results" / name, bytes);
  }

  Outcome command(const std::vector<std::string>& words) const {
    return Program(directory_.path(), words).wait();
  }

  /// Runs the program while read number `number` of `file` fails. If `for_good` is set, all later reads of
  /// the file fail, too.
  Outcome with_failing_reads(const std::string& file, int number, bool for_good,
                             const std::vector<std::string>& words) {
    std::vector<std::string> flags = {
        "-P", (directory_ / file).string(),
        "-e", "trace=read,pread64",
        "-e", "inject=read,pread64:error=EIO:when=" + std::to_string(number) + (for_good ? "+" : "")};
    return command_under_strace(flags, words);
  }

  bool injected() const { return read("log").find("(INJECTED)") != std::string::npos; }

  void expect_one_clear_line(const Outcome& outcome) const {
    EXPECT_EQ(outcome.exit_code, 5);
    EXPECT_EQ(outcome.out, "");
    const std::size_t first = outcome.err.find("error: cannot ");
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(outcome.err.find('\n', first), outcome.err.size() - 1);
  }

  /// Expects that nothing was reported as damaged and that no file was replaced.
  void expect_nothing_replaced(const Outcome& outcome) const {
    EXPECT_THAT(outcome.err, Not(HasSubstr("damaged")));
    for (const std::string& name : listing()) {
      EXPECT_THAT(name, Not(HasSubstr(".damaged-")));
      EXPECT_THAT(name, Not(HasSubstr(".new")));
    }
  }

  std::map<std::string, std::string> files_;
};

struct Reader {
  const char* name;
  std::vector<std::string> words;
  int stride;  ///< in successive runs, reads 1, 1 + stride, ... fail
};

void PrintTo(const Reader& reader, std::ostream* out) { *out << reader.name; }

class FailingReadsOf : public FailingReads, public testing::WithParamInterface<Reader> {};

TEST_P(FailingReadsOf, AreNeverTakenForDamage) {
  make_study();
  if (HasFatalFailure()) return;
  put();
  const Outcome calm = command(GetParam().words);
  ASSERT_EQ(calm.exit_code, 0) << calm.err;
  for (const char* part : {"runs.sqlite", "runs.sqlite-wal", "runs.sqlite-ledger"}) {
    const std::string file = std::string("results/") + part;
    int refused = 0;
    for (const bool for_good : {true, false}) {
      for (int number = 1;; number += GetParam().stride) {
        SCOPED_TRACE(file + ", read " + std::to_string(number) + (for_good ? " and all others" : ""));
        put();
        const Outcome outcome = with_failing_reads(file, number, for_good, GetParam().words);
        SCOPED_TRACE(outcome.err);
        if (!injected()) break;
        expect_nothing_replaced(outcome);
        if (outcome.exit_code == 0) {  // the read was repeated, or it was not needed
          EXPECT_EQ(outcome.out, calm.out);
        } else {
          expect_one_clear_line(outcome);
          ++refused;
        }
        const Outcome again = command(GetParam().words);
        EXPECT_EQ(again.exit_code, 0) << again.err;
        EXPECT_EQ(again.out, calm.out);
        if (HasFailure()) return;
      }
    }
    EXPECT_GT(refused, 0) << file;
  }
}

INSTANTIATE_TEST_SUITE_P(Disk, FailingReadsOf,
                         testing::Values(Reader{"show", {"show", "results"}, 3},
                                         Reader{"repair", {"repair", "results"}, 5},
                                         Reader{"run",
                                                {"run", "study.toml", "--runs", "4", "--out", "results",
                                                 "--lanes", "1", "--device", "cpu", "--data", "data"},
                                                9}),
                         [](const auto& reader) { return std::string(reader.param.name); });

// Damage that is seen while the disk fails may be caused by the failing disk, so the program must not act on
// it.
TEST_F(FailingReads, OfADamagedStoreReplaceNothing) {
  make_study();
  if (HasFatalFailure()) return;
  files_["runs.sqlite"].replace(0, 100, 100, '\0');
  const std::vector<std::string> words = with_usual_flags({"run", "study.toml", "--out", "results"});
  for (const int number : {1, 2, 4, 8}) {
    SCOPED_TRACE(number);
    put();
    const Outcome outcome = with_failing_reads("results/runs.sqlite", number, true, words);
    SCOPED_TRACE(outcome.err);
    ASSERT_TRUE(injected());
    expect_one_clear_line(outcome);
    expect_nothing_replaced(outcome);
    EXPECT_TRUE(read("results/runs.sqlite") == files_["runs.sqlite"]);
  }
  put();
  EXPECT_EQ(command(words).exit_code, 0);
  EXPECT_EQ(listing().count("results/runs.sqlite.damaged-1"), 1U);
}

TEST_F(FailingReads, OfASnapshotEndTheCommandAndItIsKept) {
  const std::vector<std::string> command = {"run",   "study.toml", "--epochs",         "100000",
                                            "--out", "results",    "--snapshot-every", "1"};
  std::string snapshot;
  {
    Program program(directory_.path(), with_usual_flags(command));
    ASSERT_TRUE(program.runs_until([&] {
      for (const std::string& name : listing()) {
        if (name.ends_with(".npz")) snapshot = name;
      }
      return !snapshot.empty();
    }));
    program.send(SIGKILL);
    program.wait();
  }
  const std::string bytes = read(snapshot);
  const Outcome outcome = with_failing_reads(snapshot, 1, true, with_usual_flags(command));
  ASSERT_TRUE(injected());
  expect_one_clear_line(outcome);
  expect_nothing_replaced(outcome);
  EXPECT_THAT(outcome.err, HasSubstr(snapshot + ": Input/output error"));
  EXPECT_EQ(read(snapshot), bytes);
}

}  // namespace
}  // namespace gpu_sweep::test
