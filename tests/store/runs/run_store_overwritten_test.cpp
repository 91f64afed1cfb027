// Files of a store that another program truncates or overwrites in place while the store is open.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <span>
#include <string>

#include "engine/store/database/ledger.h"
#include "engine/store/files/named_directory.h"
#include "gpu_sweep/error.h"
#include "tests/store/runs/run_store_damage_fixture.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Writes `bytes` into the file at `offset` without truncating it.
void overwrite(const fs::path& file, std::size_t offset, const std::string& bytes) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_GE(descriptor, 0) << file;
  EXPECT_EQ(::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset)),
            static_cast<ssize_t>(bytes.size()));
  ::close(descriptor);
}

class OverwrittenFiles : public RunStoreDamage {
 protected:
  OverwrittenFiles() { raise_runs(5, 9000); }

  void raise_runs(int count, int test_rows) {
    experiment.runs = count;
    runs = sample_runs(experiment, test_rows);
  }

  RunStore continued_aloud() {
    StoreOptions options;
    options.say = [this](const std::string& line) { said.push_back(line); };
    return RunStore::create_or_continue(out(), experiment, sample_provenance(), options);
  }

  fs::path log() const { return out() / "runs.sqlite-wal"; }

  void start_over() {
    for (const auto& entry : fs::directory_iterator(out())) fs::remove(entry.path());
    said.clear();
  }

  /// Returns the bytes of the store of another experiment.
  static std::string other_store() {
    const TemporaryDirectory other;
    Experiment experiment = sample_experiment();
    experiment.models[0].name = "other";
    {
      RunStore store = RunStore::create_or_continue(other.path(), experiment, sample_provenance());
      store.add(sample_runs(experiment, 9000));
    }
    return read_file(other / "runs.sqlite");
  }

  /// Fills `runs.sqlite`, and if `with_log` also its log, and calls `damage`. Adds the last run after the
  /// damage if `commits`, otherwise before it. Expects the store to report the damage, name each lost run and
  /// keep all other runs. Returns the number of lost runs.
  std::size_t expect_told(const std::function<void()>& damage, bool with_log, bool commits) {
    start_over();
    const std::size_t last = runs.size() - 1, moved = with_log ? runs.size() / 2 : last + !commits;
    continued().add(std::span(runs).first(moved));
    std::string told;
    ExitCode code = ExitCode::kDone;
    try {
      RunStore store = continued_aloud();
      if (with_log) {
        for (std::size_t i = moved; i < last + !commits; i += 2) {
          store.add(std::span(runs).subspan(i, std::min<std::size_t>(2, last + !commits - i)));
        }
      }
      damage();
      if (commits) {
        store.add(runs[last]);
      } else {
        store.read_back();
      }
    } catch (const Error& error) {
      told = error.what();
      code = error.code();
    }
    EXPECT_THAT(told,
                HasSubstr(file().string() + " was truncated or overwritten while it was being written"));
    EXPECT_THAT(said, IsEmpty());
    RunStore store = continued();
    EXPECT_THAT(store.damaged(), Not(testing::Contains(HasSubstr("recovered from")))) << "the store is sound";
    EXPECT_EQ(store.runs().size(), expect_only_true_runs(store));
    std::size_t lost = 0;
    for (const RunRecord& run : runs) {
      if (store.contains(run.key)) continue;
      ++lost;
      EXPECT_THAT(told, HasSubstr("'" + run.model + "': seed"));
    }
    EXPECT_EQ(code, lost == 0 ? ExitCode::kOutput : ExitCode::kCorrupt) << told;
    EXPECT_THAT(told, HasSubstr(lost == 0 ? "none is lost"
                                          : std::to_string(lost) + (lost == 1 ? " is lost" : " are lost")));
    EXPECT_EQ(store.damaged().empty(), lost == 0) << "the ledger names them";
    EXPECT_TRUE(fs::exists(out() / "runs.sqlite.damaged-1"));
    store.add(runs);
    EXPECT_EQ(store.read_back().size(), runs.size());
    return lost;
  }

  std::vector<std::string> said;
};

TEST_F(OverwrittenFiles, AreReportedAndTheRunsAreKept) {
  const std::string other = other_store(), garbage(40'000, 'x');
  struct Damage {
    const char* name;
    bool with_log;
    std::function<void()> inflict;
  };
  const std::vector<Damage> damages = {
      {"an emptied log", true, [&] { fs::resize_file(log(), 0); }},
      {"half a log", true, [&] { fs::resize_file(log(), fs::file_size(log()) / 2); }},
      {"an overwritten log", true, [&] { overwrite(log(), 33'000, garbage); }},
      {"an emptied store", false, [&] { fs::resize_file(file(), 0); }},
      {"a store cut within its first page", false, [&] { fs::resize_file(file(), 8192); }},
      {"a store without its last pages", false,
       [&] { fs::resize_file(file(), fs::file_size(file()) - 65'536); }},
      {"an overwritten header", false, [&] { overwrite(file(), 0, std::string(100, 'x')); }},
      {"overwritten pages", false, [&] { overwrite(file(), 65'536, garbage); }},
      {"another store's bytes", false, [&] { write_file(file(), other); }},
      {"an emptied store whose log is in use", true, [&] { fs::resize_file(file(), 0); }},
      {"emptied log and store", true, [&] {
         fs::resize_file(log(), 0);
         fs::resize_file(file(), 0);
       }}};
  for (const Damage& damage : damages) {
    SCOPED_TRACE(damage.name);
    const std::size_t lost = expect_told(damage.inflict, damage.with_log, true);
    if (damage.with_log) {
      EXPECT_EQ(lost, 0U) << "the connection has the pages that it wrote in memory";
    }
    if (HasFailure()) return;
  }
}

/// Sizes and modification times of the files stay as before, so the store notices only by the contents.
TEST_F(OverwrittenFiles, AreFoundWhenTheStoreIsReadBack) {
  const auto overwrite_unseen = [&](std::size_t offset, std::size_t bytes) {
    const auto before = fs::last_write_time(file());
    overwrite(file(), offset, std::string(bytes, 'x'));
    fs::last_write_time(file(), before);
  };
  expect_told([&] { overwrite_unseen(0, 100); }, false, false);
  expect_told([&] { overwrite_unseen(4 * 32'768 + 20'000, 200); }, false, false);
}

/// There are more runs than fit into the pages that the open connection keeps in memory.
TEST_F(OverwrittenFiles, AreReportedWithTheLostRuns) {
  raise_runs(16, 100'000);
  const std::size_t lost = expect_told([&] { fs::resize_file(file(), 0); }, false, true);
  EXPECT_GT(lost, 0U);
  EXPECT_LT(lost, runs.size());
  EXPECT_GT(expect_told([&] { overwrite(file(), 32'768, std::string(200'000, 'x')); }, false, false), 0U);
}

TEST_F(OverwrittenFiles, BehindASymbolicLinkNothingIsReplaced) {
  const fs::path results = out() / "results", disk = out() / "disk";
  fs::create_directory(results);
  { RunStore::create_or_continue(disk, experiment, sample_provenance()); }
  fs::create_symlink("../disk/runs.sqlite", results / "runs.sqlite");
  RunStore store = RunStore::create_or_continue(results, experiment, sample_provenance());
  store.add(runs[0]);
  fs::resize_file(disk / "runs.sqlite-wal", 0);
  EXPECT_THAT(
      error_of(ExitCode::kCorrupt, [&] { store.add(runs[1]); }),
      testing::AllOf(HasSubstr("was truncated or overwritten"), HasSubstr("behind the symbolic link")));
}

TEST_F(OverwrittenFiles, ALedgerIsMadeAgain) {
  RunStore store = continued_aloud();
  store.add(runs[0]);
  const std::string one = read_file(ledger_file(file()));
  const auto expect_made_again = [&](const std::function<void()>& damage) {
    for (const bool commits : {true, false}) {
      damage();
      if (commits) {
        store.add(runs[store.runs().size()]);
      } else {
        store.read_back();
      }
      EXPECT_THAT(said, ElementsAre(HasSubstr("runs.sqlite-ledger was deleted or replaced during the sweep: "
                                              "made again, no finished run is lost")));
      said.clear();
      const LedgerContents ledger = *read_ledger(ledger_file(file()));
      EXPECT_EQ(ledger.damage, "");
      EXPECT_EQ(ledger.runs.size(), store.runs().size());
    }
  };
  store.add(runs[1]);
  expect_made_again([&] { fs::resize_file(ledger_file(file()), 0); });
  expect_made_again([&] { write_file(ledger_file(file()), one); });
  expect_made_again([&] { write_file(ledger_file(file()), one + std::string(5000, 'x')); });
  expect_made_again([&] { overwrite(ledger_file(file()), one.size() - 5, "x"); });
  EXPECT_EQ(store.read_back().size(), 6U);
  EXPECT_THAT(said, IsEmpty());
}

/// Another client changes the same files through SQLite, which is allowed.
TEST_F(OverwrittenFiles, DoNotIncludeWritesOfAnotherClient) {
  RunStore store = continued_aloud();
  store.add(runs[0]);
  {
    sqlite::Database other(file(), sqlite::Access::kReadWrite);
    other.execute("INSERT INTO damaged_runs (key) VALUES ('x')");
    other.checkpoint();
    store.add(runs[1]);
    other.execute("DELETE FROM damaged_runs");
    store.add(runs[2]);
    other.execute("INSERT INTO damaged_runs (key) VALUES ('y')");
    other.checkpoint();
  }
  EXPECT_EQ(store.read_back().size(), 3U);
  EXPECT_THAT(said, IsEmpty());
  EXPECT_FALSE(fs::exists(out() / "runs.sqlite.damaged-1"));
}

}  // namespace
}  // namespace gpu_sweep::test
