// Files of a store that are deleted or replaced while it is open.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <span>
#include <string>

#include "engine/store/database/ledger.h"
#include "engine/store/files/named_directory.h"
#include "gpu_sweep/error.h"
#include "tests/store/runs/run_store_damage_fixture.h"
#include "tests/store/runs/run_store_faults_fixture.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array kSideFiles = {"runs.sqlite-ledger", "runs.sqlite-wal", "runs.sqlite-shm"};

class DeletedFiles : public RunStoreDamage {
 protected:
  RunStore continued_aloud() {
    StoreOptions options;
    options.say = [this](const std::string& line) { said.push_back(line); };
    return RunStore::create_or_continue(out(), experiment, sample_provenance(), options);
  }

  /// Expects the files that would be left if this process were killed now to have the first `count` runs, and
  /// a ledger that names as many.
  void expect_kept(std::size_t count) {
    const TemporaryDirectory copy;
    for (const auto& entry : fs::directory_iterator(out())) fs::copy(entry.path(), copy.path());
    const RunStore store = RunStore::open(copy.path());
    const std::vector<RunRecord> kept = store.runs();
    EXPECT_EQ(kept.size(), count);
    for (const RunRecord& run : std::span(runs).first(count)) {
      EXPECT_TRUE(store.contains(run.key)) << run.model << ", seed " << run.seed;
    }
    EXPECT_THAT(store.missing(), testing::IsEmpty());
    EXPECT_THAT(store.remarks(), testing::IsEmpty());
    const auto ledger = read_ledger(ledger_file(copy.path() / "runs.sqlite"));
    ASSERT_TRUE(ledger);
    EXPECT_EQ(ledger->runs.size(), count);
    EXPECT_EQ(ledger->damage, "");
  }

  std::vector<std::string> said;
};

TEST_F(DeletedFiles, AreMadeAgainAtTheNextCommit) {
  for (unsigned set = 1; set < 1U << kSideFiles.size(); ++set) {
    for (const bool replaced : {false, true}) {
      SCOPED_TRACE(testing::Message() << "set " << set << (replaced ? ", replaced" : ", deleted"));
      for (const auto& entry : fs::directory_iterator(out())) fs::remove(entry.path());
      said.clear();
      RunStore store = continued_aloud();
      store.add(std::span(runs).first(2));
      std::vector<testing::Matcher<std::string>> names;
      for (std::size_t i = 0; i < kSideFiles.size(); ++i) {
        if ((set >> i & 1) == 0) continue;
        const fs::path file = out() / kSideFiles[i];
        names.push_back(HasSubstr(file.string()));
        fs::remove(file);
        if (replaced) write_file(file, std::string(i == 2 ? 0 : 5000, 'x'));
      }
      store.add(runs[2]);
      ASSERT_EQ(said.size(), 1U);
      EXPECT_THAT(said[0], testing::AllOfArray(names));
      EXPECT_THAT(said[0], HasSubstr("deleted or replaced during the sweep: made again"));
      expect_kept(3);
      store.add(std::span(runs).subspan(3, 2));
      EXPECT_EQ(said.size(), 1U);
      expect_kept(5);
      if (HasFailure()) return;
    }
  }
}

TEST_F(DeletedFiles, ALedgerThatWasEmptiedIsMadeAgain) {
  RunStore store = continued_aloud();
  store.add(std::span(runs).first(2));
  fs::resize_file(ledger_file(file()), 0);
  store.add(runs[2]);
  EXPECT_THAT(said, ElementsAre(HasSubstr("runs.sqlite-ledger was deleted or replaced")));
  expect_kept(3);
}

TEST_F(DeletedFiles, AreMadeAgainWhereTheFolderWasMovedTo) {
  const fs::path before = out() / "before", after = out() / "after";
  StoreOptions options;
  options.say = [this](const std::string& line) { said.push_back(line); };
  RunStore store = RunStore::create_or_continue(before, experiment, sample_provenance(), options);
  store.add(runs[0]);
  fs::rename(before, after);
  store.add(runs[1]);
  EXPECT_THAT(said, testing::IsEmpty());
  for (const char* name : kSideFiles) fs::remove(after / name);
  store.add(runs[2]);
  EXPECT_THAT(said, ElementsAre(HasSubstr((after / "runs.sqlite-wal").string())));
  EXPECT_FALSE(fs::exists(before));
  const RunStore read = RunStore::open(after);
  EXPECT_EQ(read.runs().size(), 3U);
  EXPECT_TRUE(fs::exists(after / "runs.sqlite-ledger"));
}

/// While a reader has the log open, the log cannot be emptied.
TEST_F(DeletedFiles, AreMadeAgainOnceReadersHaveEnded) {
  StoreOptions options;
  std::optional<sqlite::Database> reader;
  options.say = [&](const std::string& line) {
    said.push_back(line);
    reader.reset();
  };
  RunStore store = RunStore::create_or_continue(out(), experiment, sample_provenance(), options);
  store.add(std::span(runs).first(2));
  reader.emplace(file(), sqlite::Access::kRead);
  reader->execute("BEGIN");
  EXPECT_EQ(reader->integer("SELECT count(*) FROM runs"), 2);
  fs::remove(out() / "runs.sqlite-wal");
  store.add(runs[2]);
  EXPECT_THAT(said, ElementsAre(HasSubstr("waiting to write"), HasSubstr("runs.sqlite-wal was deleted")));
  expect_kept(3);
}

TEST_F(DeletedFiles, AStoreThatCannotBeLookedUpIsNeitherDeletedNorRescued) {
  const fs::path results = out() / "results", disk = out() / "disk";
  fs::create_directory(results);
  fs::create_directory(disk);
  { RunStore::create_or_continue(disk, experiment, sample_provenance()); }
  fs::create_symlink("../disk/runs.sqlite", results / "runs.sqlite");
  {
    RunStore store = RunStore::create_or_continue(results, experiment, sample_provenance());
    store.add(runs[0]);
    fs::rename(disk, out() / "away");
    fs::create_symlink("disk", disk);  // a link to itself
    EXPECT_THAT(error_of(ExitCode::kOutput, [&] { store.add(runs[1]); }),
                AllOf(HasSubstr("cannot look up " + (disk / "runs.sqlite").string()),
                      HasSubstr("Too many levels of symbolic links"), HasSubstr("has 2 finished runs"),
                      testing::Not(HasSubstr("deleted"))));
    fs::remove(disk);
    fs::rename(out() / "away", disk);
    store.add(runs[2]);
  }
  EXPECT_FALSE(fs::exists(results / "runs.rescued.sqlite"));
  EXPECT_EQ(RunStore::open(results).runs().size(), 3U);
}

TEST(IdentityOf, IsNothingOnlyWithoutAFile) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "");
  fs::create_symlink("loop", directory / "loop");
  EXPECT_TRUE(identity_of(directory / "file"));
  EXPECT_FALSE(identity_of(directory / "none"));
  EXPECT_FALSE(identity_of(directory / "file/none"));
  EXPECT_THAT(error_of(ExitCode::kOutput, [&] { identity_of(directory / "loop"); }),
              HasSubstr("cannot look up " + (directory / "loop").string()));
}

TEST_F(DeletedFiles, AStoreThatAddsNothingIsRescuedBeforeItIsCalledThere) {
  {
    RunStore store = continued();
    store.add(runs);
  }
  RunStore store = continued();
  store.add(std::vector<RunRecord>{});
  fs::remove(out() / "runs.sqlite");
  EXPECT_THAT(error_of(ExitCode::kOutput, [&] { store.add(std::vector<RunRecord>{}); }),
              AllOf(HasSubstr("was deleted or replaced"), HasSubstr("runs.rescued.sqlite")));
  fs::rename(out() / "runs.rescued.sqlite", out() / "runs.sqlite");
  EXPECT_EQ(RunStore::open(out()).runs().size(), runs.size());
}

TEST_F(DeletedFiles, ARescueThatFailsSaysSo) {
  RunStore store = continued();
  store.add(std::span(runs).first(2));
  EXPECT_TRUE(store.is_in_place());
  fs::remove(file());
  fs::create_directories(out() / "runs.rescued.sqlite.new/in the way");
  EXPECT_THAT(error_of(ExitCode::kOutput, [&] { store.add(runs[2]); }),
              testing::StartsWith(file().string() +
                                  " was deleted or replaced while it was being written, and its 3 finished "
                                  "runs could not be saved: cannot "));
  EXPECT_FALSE(store.is_in_place());
}

TEST_F(RunStoreFaults, ARescueThatFindsTheDiskFullLeavesNothing) {
  experiment.runs = 20;
  runs = sample_runs(experiment, 20'000);
  on_small_disk("size=3m", [&] {
    RunStore store = continued();
    store.add(std::span(runs).first(30));
    fs::remove(out / "runs.sqlite");
    write_file(directory.path() / "ballast", std::string(4 << 20, 'x'));
    const auto unsaved = testing::Throws<OutOfSpace>(testing::Property(
        &Error::what, AllOf(HasSubstr("runs.sqlite was deleted or replaced while it was being written, and "
                                      "its 30 finished runs could not be saved: cannot write"),
                            HasSubstr("runs.rescued.sqlite"))));
    EXPECT_THAT([&] { store.add(runs[0]); }, unsaved);
    EXPECT_THAT([&] { store.add(std::span(runs).subspan(30)); }, unsaved) << "where the commit fails, too";
    EXPECT_FALSE(store.is_in_place());
    for (const auto& entry : fs::directory_iterator(out)) {
      EXPECT_EQ(entry.path().filename().string().find("rescued"), std::string::npos) << entry.path();
    }
    fs::remove(directory.path() / "ballast");
    enlarge_disk();
    EXPECT_THAT(error_of(ExitCode::kOutput, [&] { store.add(runs[0]); }),
                HasSubstr("30 finished runs are saved in"));
    EXPECT_TRUE(fs::exists(out / "runs.rescued.sqlite"));
    return 0;
  });
}

}  // namespace
}  // namespace gpu_sweep::test
