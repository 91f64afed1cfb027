// The commands verify, repair and backup, and stores or folders that are deleted, moved or linked.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/store/database/run_schema.h"
#include "engine/store/snapshots/snapshot_file.h"
#include "tests/end_to_end/intact_results_fixture.h"
#include "tests/support/environment_variable.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(IntactResults, AFlippedBitOfTheLogHidesNoRun) {
  kill_after(6);
  const std::size_t before = shown(command({"show", "results", "--json"}));
  // If SQLite has just copied the log into the store, the log may be empty, and there would be no bit to
  // flip.
  std::size_t runs = before;
  do kill_after(runs += 6);
  while (fs::file_size(directory_ / "results/runs.sqlite-wal") == 0);
  fs::copy(directory_ / "results", directory_ / "flipped", fs::copy_options::recursive);
  flip("flipped/runs.sqlite-wal", 17);
  const Outcome show = command({"show", "flipped", "--json"});
  EXPECT_THAT(show.err, HasSubstr("runs.sqlite-wal is damaged: its header does not match its checksum"));
  EXPECT_EQ(shown(show), shown(command({"show", "results", "--json"})));
}

TEST_F(IntactResults, VerifyComparesEveryMemberOfASummary) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  const std::string text = read("results/summary.json");
  const auto sound = nlohmann::ordered_json::parse(text);
  ASSERT_TRUE(sound.contains("verdict") && sound.contains("pairs"));
  for (const auto& [key, value] : sound.items()) {
    auto changed = sound;
    changed[key] = "changed";
    write("results/summary.json", changed.dump());
    const Outcome seen = command({"verify", "results"});
    EXPECT_EQ(seen.exit_code, key == "timing" ? 0 : 8) << key << seen.out;

    auto earlier = sound;
    earlier.erase(key);
    write("results/summary.json", earlier.dump());
    const Outcome older = command({"verify", "results"});
    EXPECT_EQ(older.exit_code, 0) << key << older.out;
    if (key != "timing") {
      EXPECT_THAT(older.out, HasSubstr("written by an earlier version")) << key;
    }

    write("results/summary.json", text.substr(0, text.find("\n  \"" + key + '"')));
    EXPECT_EQ(command({"verify", "results"}).exit_code, 8) << "cut before " << key;
  }
}

TEST_F(IntactResults, VerifyNamesLabelsThatDoNotFitTheRuns) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  {
    sqlite::Database database(directory_ / "results/runs.sqlite", sqlite::Access::kReadWrite);
    auto provenance = read_study_value(database, "runs.sqlite", "provenance");
    auto labels = provenance["test_labels"].get<std::string>();
    std::rotate(labels.begin(), labels.begin() + 2, labels.end());
    provenance["test_labels"] = labels;
    write_study_value(database, "provenance", provenance);
  }
  const Outcome seen = command({"verify", "results"});
  EXPECT_EQ(seen.exit_code, 8);
  EXPECT_THAT(seen.out, HasSubstr("the true classes of the test split do not fit the results of "));
  EXPECT_THAT(command({"show", "results"}).out, Not(HasSubstr("new images")));
}

TEST_F(IntactResults, VerifyFindsWhatIsDamagedAndChangesNothing) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--keep-predictions", "--save-weights", "weights"});
  command({"export", "results", "--format", "npz"});
  command({"export", "results", "--format", "csv"});
  const auto before = listing();
  const Outcome sound = command({"verify", "results", "--weights", "weights"});
  EXPECT_EQ(sound.exit_code, 0) << sound.out << sound.err;
  EXPECT_THAT(sound.out,
              AllOf(HasSubstr("store          6 runs"), HasSubstr("probabilities  of 6 runs"),
                    HasSubstr("summary.json   as these runs give it"), HasSubstr("weights        6 files")));
  EXPECT_EQ(listing(), before);
  struct Case {
    const char* file;
    const char* part;
  };
  std::string key;
  for (const std::string& name : before) {
    if (name.starts_with("results/probabilities/")) key = name;
  }
  for (const Case& each : {Case{"results/summary.json", "summary.json   DAMAGED"},
                           {"results/csv/runs.csv", "csv            DAMAGED"},
                           {"results/runs.sqlite-ledger", "store          DAMAGED"},
                           {key.c_str(), "probabilities  DAMAGED"},
                           {"weights/deep, seed 6.npz", "weights        DAMAGED"}}) {
    const std::string bytes = read(each.file);
    flip(each.file, bytes.size() / 2);
    const Outcome outcome = command({"verify", "results", "--weights", "weights"});
    EXPECT_EQ(outcome.exit_code, 8) << each.file;
    EXPECT_THAT(outcome.out, HasSubstr(each.part)) << each.file;
    write(each.file, bytes);
  }
  const std::string bytes = read(key);
  fs::remove(directory_ / key);
  const Outcome missing = command({"verify", "results"});
  EXPECT_EQ(missing.exit_code, 8);
  EXPECT_THAT(missing.err, HasSubstr("results: 1 fault, "));
  EXPECT_THAT(missing.out,
              AllOf(HasSubstr(": 2 files, summary.json was made from 3: " + key + " is not there; "),
                    HasSubstr("summary.json   not compared, because class probabilities are missing "),
                    HasSubstr("npz            1 file not compared")));
  write(key, bytes);
  EXPECT_EQ(command({"verify", "results", "--weights", "weights"}).exit_code, 0);
}

TEST_F(IntactResults, VerifyCallsResultsOfFewerRunsOutOfDate) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "2", "--keep-predictions"});
  for (const char* format : {"npz", "csv", "json"}) command({"export", "results", "--format", format});
  const std::string summary = read("results/summary.json");
  gpu_sweep({"run", "study.toml", "--out", "results", "--keep-predictions"});
  write("results/summary.json", summary);  // as if the sweep had been stopped before its end
  const Outcome old = command({"verify", "results"});
  EXPECT_EQ(old.exit_code, 0) << old.out << old.err;
  for (const char* part : {"summary.json   ", "npz            ", "csv            ", "json           "}) {
    EXPECT_THAT(old.out, HasSubstr(part + std::string("out of date: of 4 of the 6 runs; gpu_sweep ")));
  }
  // Contents that no subset of the runs could give count as damage, even in an outdated file.
  for (const std::string name : {"summary.json", "csv/runs.csv", "csv/history.csv", "npz/confusion.npz",
                                 "npz/layer = 1.npz", "json/summary.json"}) {
    const std::string file = "results/" + name, bytes = read(file);
    flip(file, bytes.size() / 2);
    const Outcome flipped = command({"verify", "results"});
    EXPECT_EQ(flipped.exit_code, 8) << name << flipped.out;
    EXPECT_THAT(flipped.out,
                HasSubstr(name.substr(name.rfind('/') + 1) == name ? name + "   DAMAGED: differs from"
                                                                   : "DAMAGED: " + file + " differs from"))
        << name;
    fs::remove(directory_ / file);
    EXPECT_EQ(command({"verify", "results"}).exit_code, name == "summary.json" ? 0 : 8) << name;
    write(file, bytes);
  }
}

TEST_F(IntactResults, VerifyComparesNoExportWithADamagedStore) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  command({"export", "results", "--format", "csv"});
  change("results", "UPDATE runs SET final = zeroblob(48) WHERE model = 'deep' AND seed = 6");
  const Outcome outcome = command({"verify", "results"});
  EXPECT_EQ(outcome.exit_code, 8) << outcome.out;
  EXPECT_THAT(outcome.err, HasSubstr("results: 1 fault, "));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("summary.json   not compared, because runs of the store are"),
                                 HasSubstr("csv            not compared, because ")));
}

TEST_F(IntactResults, VerifySaysWhichWeightsAreNotThere) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--save-weights", "weights"});
  const Outcome typo = command({"verify", "results", "--weights", "weihgts"});
  EXPECT_EQ(typo.exit_code, 2) << typo.out;
  EXPECT_THAT(typo.err, HasSubstr("--weights: weihgts is not there, expected a folder"));
  fs::remove(directory_ / "weights/deep, seed 6.npz");
  const Outcome some = command({"verify", "results", "--weights", "weights"});
  EXPECT_EQ(some.exit_code, 0) << some.err;
  EXPECT_THAT(some.out,
              AllOf(HasSubstr("weights        5 files\n"), HasSubstr("weights        1 run without")));
}

TEST_F(IntactResults, VerifyAdvisesARepairOnlyOfTheStore) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  flip("results/summary.json", 100);
  const Outcome summary = command({"verify", "results"});
  EXPECT_EQ(summary.exit_code, 8) << summary.out;
  EXPECT_THAT(summary.err, AllOf(HasSubstr("1 fault, see above"), Not(HasSubstr("gpu_sweep repair"))));
  change("results", "DELETE FROM runs WHERE seed = 6");
  EXPECT_THAT(command({"verify", "results"}).err, HasSubstr("; gpu_sweep repair recovers"));
}

TEST_F(IntactResults, APathThatCannotBeReadIsNoFaultOfTheProgram) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  const std::string long_name(300, 'x');
  write("results/snapshots", "");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"verify", "results"},
                                                {"verify", "results", "--weights", long_name},
                                                {"merge", long_name, "results"},
                                                {"merge", long_name + "/out", "results"}}) {
    const Outcome outcome = command(words);
    EXPECT_EQ(outcome.exit_code, 5) << words[0] << outcome.err;
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr(": cannot "));
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("error: "), Not(HasSubstr("fault of the program"))));
  }
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"run", "study.toml", "--out", long_name, "--save-weights", "weights"},
        {"run", "study.toml", "--out", "other", "--save-weights", long_name}}) {
    const Outcome outcome = gpu_sweep(words);
    EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("error: cannot "), Not(HasSubstr("fault of the program"))));
  }
}

TEST_F(IntactResults, VerifyWritesNoTemporaryFiles) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  command({"export", "results", "--format", "npz"});
  const EnvironmentVariable none("TMPDIR", "/nonexistent");
  const Outcome outcome = command({"verify", "results"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("npz            5 files as these runs give them"));
}

TEST_F(IntactResults, VerifyTakesNoSnapshotForThatOfAnotherRun) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  Snapshot snapshot;
  snapshot.key = std::string(64, 'a');
  snapshot.history = {{1, 2, 3, 4}};
  snapshot.weights = {0.25F};
  snapshot.optimizer = {{0.5F}};
  const std::string right = "results/snapshots/" + snapshot.key + ".npz";
  const std::string wrong = "results/snapshots/" + std::string(64, 'b') + ".npz";
  fs::create_directory(directory_ / "results/snapshots");
  save_snapshot(directory_ / right, snapshot);
  EXPECT_THAT(command({"verify", "results"}).out, HasSubstr("snapshots      1 file\n"));
  fs::rename(directory_ / right, directory_ / wrong);
  const Outcome outcome = command({"verify", "results"});
  EXPECT_EQ(outcome.exit_code, 8) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("snapshots      DAMAGED: " + wrong + ": a snapshot of another run"));
}

TEST_F(IntactResults, RepairRecoversWhatABrokenHeaderHides) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  const std::string summary = read("results/summary.json"), bytes = read("results/runs.sqlite");
  std::string broken = bytes;
  broken.replace(0, 4096, 4096, 'x');  // the start of the first page, which holds the header and the schema
  write("results/runs.sqlite", broken);
  EXPECT_EQ(command({"show", "results"}).exit_code, 8);
  const Outcome repair = command({"repair", "results"});
  EXPECT_EQ(repair.exit_code, 0) << repair.err;
  EXPECT_THAT(
      repair.err,
      AllOf(HasSubstr("6 finished runs were recovered from it, and it is kept as runs.sqlite.damaged-1"),
            HasSubstr("6 runs are intact, 0 of the experiment are missing")));
  EXPECT_EQ(read("results/runs.sqlite.damaged-1"), broken);
  EXPECT_EQ(command({"show", "results", "--json"}).out, summary);
  EXPECT_THAT(command({"repair", "results"}).err, Not(HasSubstr("damaged:")));
  // Without a ledger, the experiment that is given to `run` replaces the lost one.
  broken = bytes;
  for (std::size_t at = 0; (at = broken.find("\"batch_size\"", at)) != std::string::npos; ++at)
    broken[at] = '!';
  write("results/runs.sqlite", broken);
  fs::remove(directory_ / "results/runs.sqlite-ledger");
  EXPECT_EQ(command({"repair", "results"}).exit_code, 8);
  const Outcome run = gpu_sweep({"run", "study.toml", "--out", "results"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("6 finished runs were recovered"), HasSubstr("all 6 runs are there")));
}

TEST_F(IntactResults, APageCountOfABillionDelaysNoRepair) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  flip("results/runs.sqlite", 29);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(gpu_sweep({"run", "study.toml", "--out", "results"}).exit_code, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST_F(IntactResults, AForeignTriggerNeverRuns) {
  gpu_sweep({"run", "study.toml", "--out", "results"});
  change("results", "CREATE TRIGGER t AFTER INSERT ON study BEGIN DELETE FROM runs WHERE seed = 6; END");
  const Outcome show = command({"show", "results"});
  EXPECT_EQ(show.exit_code, 8);
  EXPECT_THAT(show.err, HasSubstr("its schema has 'trigger' 't'"));
  const Outcome run = gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "4"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("6 finished runs were recovered"));
}

TEST_F(IntactResults, ABackupOfALiveSweepIsCompleteAndCanContinue) {
  Program program(directory_.path(), long_sweep());
  ASSERT_TRUE(program.runs_until([&] { return kept_runs("results") >= 5; }));
  const std::size_t before = kept_runs("results");
  const Outcome backup = command({"backup", "results", "copy"});
  EXPECT_EQ(backup.exit_code, 0) << backup.err;
  program.send(SIGKILL);
  program.wait();
  EXPECT_GE(kept_runs("copy"), before);
  EXPECT_EQ(command({"verify", "copy"}).exit_code, 0);
  EXPECT_EQ(command({"backup", "results", "copy"}).exit_code, 2) << "it holds results by now";
}

TEST_F(IntactResults, ADeletedStoreIsRescued) {
  Program program(directory_.path(), long_sweep());
  ASSERT_TRUE(program.runs_until([&] { return kept_runs("results") >= 5; }));
  for (const char* name : {"runs.sqlite", "runs.sqlite-wal", "runs.sqlite-shm"})
    fs::remove(directory_ / "results" / name);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("runs.sqlite was deleted or replaced while it was being written"));
  ASSERT_TRUE(fs::exists(directory_ / "results/runs.rescued.sqlite"));
  const std::string advice = "mv results/runs.rescued.sqlite results/runs.sqlite takes them up";
  EXPECT_THAT(outcome.err, HasSubstr(advice));
  const Outcome show = command({"show", "results"});
  EXPECT_EQ(show.exit_code, 8) << "the ledger names what is gone";
  EXPECT_THAT(show.err, HasSubstr(advice));
  fs::copy(directory_ / "results", directory_ / "ignored", fs::copy_options::recursive);
  EXPECT_THAT(gpu_sweep({"run", "study.toml", "--out", "ignored"}).err,
              HasSubstr("mv ignored/runs.rescued.sqlite ignored/runs.sqlite takes them up"));
  fs::rename(directory_ / "results/runs.rescued.sqlite", directory_ / "results/runs.sqlite");
  EXPECT_GE(kept_runs("results"), 5u);
  EXPECT_EQ(command({"show", "results"}).exit_code, 0);
}

TEST_F(IntactResults, ALogWhoseStoreWasDeletedIsRecovered) {
  std::size_t runs = 0;
  do kill_after(runs += 6);
  while (fs::file_size(directory_ / "results/runs.sqlite-wal") == 0);
  fs::remove(directory_ / "results/runs.sqlite");
  fs::copy(directory_ / "results", directory_ / "repaired", fs::copy_options::recursive);
  EXPECT_THAT(command({"show", "repaired"}).err,
              HasSubstr("runs.sqlite is gone and its log is left; gpu_sweep repair recovers what is intact"));
  const Outcome repair = command({"repair", "repaired"});
  EXPECT_EQ(repair.exit_code, 0) << repair.err;
  EXPECT_THAT(repair.err, AllOf(HasSubstr("recovered from it, and it is kept as runs.sqlite.damaged-1-wal"),
                                HasSubstr("of the experiment are missing; gpu_sweep run")));
  const std::size_t read_out = kept_runs("repaired");
  EXPECT_GT(read_out, 0U);
  const Outcome run =
      gpu_sweep({"run", "study.toml", "--runs", "2000", "--out", "results", "--stop-after", "1s"});
  EXPECT_EQ(run.exit_code, 75) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("it is kept as runs.sqlite.damaged-1-wal"),
                             HasSubstr(std::to_string(read_out) + " of 4000 runs are there")));
}

TEST_F(IntactResults, WeightsBesideALogWhoseStoreWasDeletedAreRecognized) {
  const std::vector<std::string> words = {"run",     "study.toml",     "--out",
                                          "results", "--save-weights", "weights"};
  gpu_sweep(words);
  std::string log;
  {
    sqlite::Database database(directory_ / "results/runs.sqlite", sqlite::Access::kReadWrite);
    database.execute("UPDATE runs SET number = number + 100");  // writes every row again
    log = read("results/runs.sqlite-wal");
  }
  fs::remove(directory_ / "results/runs.sqlite");
  write("results/runs.sqlite-wal", log);
  const Outcome run = gpu_sweep(words);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("6 finished runs were recovered"), HasSubstr("all 6 runs are there")));
}

TEST_F(IntactResults, AMovedFolderIsFollowed) {
  const auto move = [&](int runs) {
    fs::remove_all(directory_ / "moved");
    Program program(directory_.path(), with_usual_flags({"run", "study.toml", "--runs", std::to_string(runs),
                                                         "--out", "results", "--keep-predictions"}));
    const bool in_time = program.runs_until([&] { return kept_runs("results") >= 3; });
    if (in_time) fs::rename(directory_ / "results", directory_ / "moved");
    const Outcome outcome = program.wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    if (in_time) {
      EXPECT_THAT(outcome.err, HasSubstr("was moved to"));
    }
    return in_time;
  };
  const int runs = enough_work(50, move);
  EXPECT_FALSE(fs::exists(directory_ / "results/summary.json"));
  EXPECT_EQ(kept_runs("moved"), 2 * static_cast<std::size_t>(runs));
  EXPECT_EQ(command({"verify", "moved"}).exit_code, 0);
}

TEST_F(IntactResults, AStoreBehindASymbolicLinkIsSound) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "1"});
  fs::create_directory(directory_ / "disk");
  fs::rename(directory_ / "results/runs.sqlite", directory_ / "disk/runs.sqlite");
  fs::create_symlink("../disk/runs.sqlite", directory_ / "results/runs.sqlite");
  kill_after(6);
  const Outcome show = command({"show", "results"});
  EXPECT_EQ(show.exit_code, 0) << show.err;
}

TEST_F(IntactResults, AFileOfAnotherProgramIsNotReplaced) {
  const std::string keys = "ssh-ed25519 AAAA someone@example.org\n";
  for (const bool linked : {true, false}) {
    fs::create_directory(directory_ / "results");
    write(linked ? "authorized_keys" : "results/runs.sqlite", keys);
    if (linked) fs::create_symlink("../authorized_keys", directory_ / "results/runs.sqlite");
    const auto before = listing();
    const Outcome run = gpu_sweep({"run", "study.toml", "--out", "results"});
    EXPECT_EQ(run.exit_code, 8) << run.err;
    EXPECT_THAT(run.err, HasSubstr(linked ? "nothing is replaced behind the symbolic link results/runs.sqlite"
                                          : "holds nothing that gpu_sweep wrote"));
    EXPECT_EQ(command({"repair", "results"}).exit_code, 8);
    auto after = listing();
    std::erase_if(after, [](const auto& name) { return name == "results/lock"; });
    EXPECT_EQ(after, before);
    EXPECT_EQ(read(linked ? "authorized_keys" : "results/runs.sqlite"), keys);
    fs::remove_all(directory_ / "results");
  }
}

TEST_F(IntactResults, ALinkedFolderIsRefused) {
  gpu_sweep({"run", "study.toml", "--out", "results", "--runs", "1"});
  const std::string key = RunStore::open(directory_ / "results").runs().front().key;
  for (const std::string name : {"snapshots", "probabilities"}) {
    fs::create_directory(directory_ / "other");
    write("other/" + key + ".npz", "a file of another program");
    write("other/a.npz.tmp999999", "");
    fs::create_directory_symlink("../other", directory_ / "results" / name);
    const auto before = listing();
    const Outcome run = gpu_sweep({"run", "study.toml", "--out", "results", "--keep-predictions"});
    EXPECT_EQ(run.exit_code, 5) << run.err;
    EXPECT_THAT(run.err, HasSubstr("results/" + name + " is a symbolic link, expected a folder"));
    EXPECT_EQ(listing(), before);
    fs::remove(directory_ / "results" / name);
    fs::remove_all(directory_ / "other");
  }
  EXPECT_EQ(gpu_sweep({"run", "study.toml", "--out", "results"}).exit_code, 0);
}

TEST_F(IntactResults, ADataFolderOfAnyNameLeavesNothingHalfMade) {
  fs::rename(directory_ / "data", directory_ / "data\xff");
  const Outcome outcome =
      command({"run", "study.toml", "--device", "cpu", "--data", "data\xff", "--out", "results"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(kept_runs("results"), 6u);
}

}  // namespace
}  // namespace gpu_sweep::test
