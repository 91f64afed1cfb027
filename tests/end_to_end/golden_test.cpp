// The format is stable: this version reads, continues and exports studies that the first version wrote.
//
// golden/ contains a finished study with class probabilities, and a study whose process was killed: some of
// its runs are only in SQLite's write-ahead log, and one unfinished run has a snapshot. Both were trained on
// the CPU with oneDNN 2.6.3 restricted to AVX2. The CSV files are exports by the first version: of the
// finished study, and of an uninterrupted training of the killed one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "engine/data/sha256.h"
#include "engine/store/database/run_schema.h"
#include "engine/store/database/sqlite.h"
#include "engine/store/formats/npz.h"
#include "tests/end_to_end/program.h"
#include "tests/support/environment_variable.h"
#include "tests/support/files.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/text.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;

std::string unpacked(const fs::path& file) {
  const gzFile opened = gzopen(file.c_str(), "rb");  // also reads uncompressed files
  EXPECT_NE(opened, nullptr) << file;
  std::string bytes;
  std::string buffer(1 << 16, '\0');
  for (int count = 0; (count = gzread(opened, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;) {
    bytes.append(buffer, 0, static_cast<std::size_t>(count));
  }
  EXPECT_EQ(gzclose(opened), Z_OK) << file;
  return bytes;
}

class Golden : public testing::Test {
 protected:
  Golden() {
    const fs::path golden = GPU_SWEEP_GOLDEN;
    for (const auto& entry : fs::recursive_directory_iterator(golden)) {
      if (!entry.is_regular_file() || entry.path().extension() == ".csv") continue;
      fs::path to = directory_.path() / entry.path().lexically_relative(golden);
      if (to.extension() == ".gz") to.replace_extension();
      if (to.extension() == ".csv") continue;
      fs::create_directories(to.parent_path());
      write_file(to, unpacked(entry.path()));
    }
  }

  static std::string golden(const std::string& name) { return unpacked(fs::path(GPU_SWEEP_GOLDEN) / name); }

  Outcome command(std::vector<std::string> words) {
    return Program(directory_.path(), std::move(words)).wait();
  }

  Outcome train(const std::string& study, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"run",    study + ".toml", "--out",    study,
                                      "--data", "data",          "--device", "cpu"};
    words.insert(words.end(), more.begin(), more.end());
    return command(words);
  }

  /// Returns whether the study cannot be continued on this machine. This is the case if matrix products are
  /// computed by another version of oneDNN or without AVX2, because the results then differ in the last bits.
  static bool has_other_products(const Outcome& outcome) {
    return outcome.exit_code == 2 &&
           outcome.err.find("numerics: \"oneDNN 2.6.3 AVX2\" -> ") != std::string::npos;
  }

  std::string exported(const std::string& study, const std::string& file) {
    const Outcome outcome = command({"export", study, "--format", "csv"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read_file(directory_ / study / "csv" / file);
  }

  const EnvironmentVariable instructions_{"DNNL_MAX_CPU_ISA", "AVX2"};
  TemporaryDirectory directory_;
};

TEST_F(Golden, AFinishedStudyIsReadAndExportedAsItWas) {
  EXPECT_TRUE(exported("finished", "runs.csv") == golden("finished/runs.csv"));
  EXPECT_TRUE(exported("finished", "history.csv") == golden("finished/history.csv"));
  EXPECT_THAT(command({"show", "finished"}).out, HasSubstr("finished: 2 models, 3 runs each, seeds from 5"));
  EXPECT_EQ(command({"export", "finished", "--format", "npz"}).err, "");
  const NpzArrays arrays = read_npz(directory_ / "finished/npz/predictions.npz");
  EXPECT_THAT(arrays.at("wide/probabilities").shape, testing::ElementsAre(3, 20, 3));
  EXPECT_EQ(command({"report", "finished"}).exit_code, 0);
  EXPECT_THAT(read_file(directory_ / "finished/report.html"), HasSubstr("<section id=\"confidence\">"));
  const Outcome verified = command({"verify", "finished"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_THAT(verified.out, HasSubstr("probabilities  of 6 runs"));
}

TEST_F(Golden, AFinishedStudyGrows) {
  const Outcome again = train("finished", {"--keep-predictions"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("all 6 runs are there, nothing to train"));
  const Outcome more = train("finished", {"--runs", "4"});
  if (has_other_products(more)) GTEST_SKIP() << "NOT TESTED: " << more.err;
  EXPECT_THAT(more.err, HasSubstr("6 of 8 runs are there, training 2"));
  const std::vector<std::string> grown = lines_of(exported("finished", "runs.csv"));
  EXPECT_EQ(grown.size(), 1U + 8U);
  for (const std::string& line : lines_of(golden("finished/runs.csv"))) {
    EXPECT_THAT(grown, testing::Contains(line));
  }
}

TEST_F(Golden, AKilledStudyContinuesFromItsLogAndItsSnapshot) {
  const std::vector<std::string> whole = lines_of(golden("killed/runs.csv"));
  const std::string log = read_file(directory_ / "killed/runs.sqlite-wal");
  const std::vector<std::string> kept = lines_of(exported("killed", "runs.csv"));
  for (const char* reads : {"show", "report", "verify"}) command({reads, "killed"});
  EXPECT_TRUE(read_file(directory_ / "killed/runs.sqlite-wal") == log) << "moved by a reader";
  EXPECT_EQ(kept.size(), 1U + 4U);
  for (const std::string& line : kept) EXPECT_THAT(whole, testing::Contains(line));
  const Outcome goes_on = train("killed");
  if (has_other_products(goes_on)) GTEST_SKIP() << "NOT TESTED: " << goes_on.err;
  EXPECT_EQ(goes_on.exit_code, 0);
  EXPECT_THAT(goes_on.err,
              AllOf(HasSubstr("4 of 6 runs are there, training 2"), HasSubstr("1 of them from snapshots")));
  EXPECT_TRUE(exported("killed", "runs.csv") == golden("killed/runs.csv"));
  EXPECT_TRUE(exported("killed", "history.csv") == golden("killed/history.csv.gz"));
}

TEST_F(Golden, AStoreOfANewerVersionIsRefusedByItsVersion) {
  sqlite::Database(directory_ / "finished/runs.sqlite", sqlite::Access::kReadWrite)
      .execute("ALTER TABLE runs ADD COLUMN lane TEXT; PRAGMA user_version = 3");
  const std::string before = read_file(directory_ / "finished/runs.sqlite");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"show", "finished"},
        {"report", "finished"},
        {"export", "finished", "--format", "npz"},
        {"compare", "killed", "finished"},
        {"verify", "finished"},
        {"repair", "finished"},
        {"backup", "finished", "copy"},
        {"merge", "merged", "finished"},
        {"run", "finished.toml", "--out", "finished", "--data", "data", "--device", "cpu", "--quiet"}}) {
    const Outcome outcome = command(words);
    EXPECT_EQ(outcome.exit_code, 2) << words[0];
    EXPECT_THAT(outcome.err,
                HasSubstr("finished/runs.sqlite is a run store of version 3, of a newer gpu_sweep; "
                          "this program reads up to 2\n"))
        << words[0];
  }
  EXPECT_TRUE(read_file(directory_ / "finished/runs.sqlite") == before);
}

TEST_F(Golden, ASnapshotOfANewerVersionIsRefusedAndKept) {
  const fs::path file = fs::directory_iterator(directory_ / "killed/snapshots")->path();
  NpzArrays arrays = read_unpacked_npz(file);
  arrays["version"] = npy_array({1}, std::vector<std::uint32_t>{4});
  arrays.erase("sha256");
  std::string digests;
  for (const auto& [name, array] : arrays) {
    std::string shape;
    for (const auto size : array.shape) shape += (shape.empty() ? "" : ", ") + std::to_string(size);
    digests += name + " " + to_string(array.type) + " [" + shape + "] " + sha256_hex(array.bytes) + "\n";
  }
  const std::string digest = sha256_hex(digests);
  arrays["sha256"] = npy_array({digest.size()}, std::vector<std::uint8_t>(digest.begin(), digest.end()));
  write_npz(file, {arrays.begin(), arrays.end()});
  const std::string before = read_file(file);
  const Outcome verified = command({"verify", "killed"});
  EXPECT_EQ(verified.exit_code, 2) << verified.out;
  EXPECT_THAT(verified.err, HasSubstr("a snapshot of version 4, of a newer gpu_sweep"));
  const Outcome outcome = train("killed");
  if (has_other_products(outcome)) GTEST_SKIP() << "NOT TESTED: " << outcome.err;
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err,
              HasSubstr("a snapshot of version 4, of a newer gpu_sweep; this program reads up to 3"));
  EXPECT_TRUE(read_file(file) == before);
}

TEST_F(Golden, AfterAChangeOfNumericsOnlyTrainingIsRefused) {
  const std::string tables = command({"show", "finished"}).out;
  for (const char* study : {"finished", "killed"}) {
    sqlite::Database database(directory_ / study / "runs.sqlite", sqlite::Access::kReadWrite);
    write_study_text(database, "numerics_version", "0");
  }
  EXPECT_TRUE(exported("finished", "runs.csv") == golden("finished/runs.csv"));
  for (const std::vector<std::string>& words : {std::vector<std::string>{"show", "finished"},
                                                {"report", "finished"},
                                                {"export", "finished", "--format", "npz"},
                                                {"compare", "finished", "killed"},
                                                {"compare", "killed", "finished"},
                                                {"verify", "finished"},
                                                {"backup", "finished", "copy"},
                                                {"show", "copy"},
                                                {"merge", "merged", "finished"},
                                                {"show", "merged"}}) {
    const Outcome outcome = command(words);
    EXPECT_EQ(outcome.exit_code, 0) << words[0] << outcome.err;
  }
  for (const char* study : {"finished", "merged"}) {
    SCOPED_TRACE(study);
    const Outcome all_there =
        command({"run", "finished.toml", "--out", study, "--data", "data", "--device", "cpu"});
    EXPECT_EQ(all_there.exit_code, 0) << all_there.err;
    EXPECT_EQ(all_there.out, tables);
    EXPECT_THAT(all_there.err, AllOf(HasSubstr("were trained with different numerics than this program's ("),
                                     HasSubstr("numerics_version: 0 -> 1): existing results are shown"),
                                     HasSubstr("all 6 runs are there, nothing to train")));
  }
  EXPECT_EQ(train("finished", {"--keep-predictions"}).exit_code, 0);
  fs::remove(fs::directory_iterator(directory_ / "finished/probabilities")->path());
  const Outcome again = train("finished", {"--keep-predictions"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("--keep-predictions: 1 finished run without class probabilities, which "
                                   "this program would compute with different bits: "));

  for (const auto& [study, flags] :
       {std::pair<const char*, std::vector<std::string>>{"finished", {"--runs", "4"}}, {"killed", {}}}) {
    SCOPED_TRACE(study);
    const std::string before = read_file(directory_ / study / "runs.sqlite");
    const Outcome more = train(study, flags);
    EXPECT_EQ(more.exit_code, 2);
    EXPECT_THAT(
        more.err,
        AllOf(HasSubstr("numerics_version: 0 -> 1 (results of other numerics differ in their bits"),
              HasSubstr("can be shown, reported, exported and compared, but more can only be trained")));
    EXPECT_TRUE(read_file(directory_ / study / "runs.sqlite") == before);
  }
}

}  // namespace
}  // namespace gpu_sweep::test
