#include "gpu_sweep/exports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <limits>

#include "engine/experiment/hyper_parameters.h"
#include "engine/report/export/crc32c.h"
#include "engine/report/export/file_name.h"
#include "engine/store/formats/npz.h"
#include "tests/support/error_of.h"
#include "tests/support/files.h"
#include "tests/support/sample_runs.h"
#include "tests/support/text.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

using test::sample_experiment;
using test::sample_provenance;
using test::sample_runs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Exports : public ::testing::Test {
 protected:
  /// Exports in `format` into a folder of the same name. Returns the paths of the files, relative to that
  /// folder.
  std::vector<std::string> write(const std::string& format, const ExportOptions& options = {}) {
    std::vector<std::string> names;
    const fs::path folder = directory.path() / format;
    for (const fs::path& file : export_results(format, folder, stored, runs, options)) {
      EXPECT_TRUE(fs::is_regular_file(file)) << file;
      names.push_back(file.lexically_relative(folder).string());
    }
    return names;
  }

  /// Returns the files below the folder of a format, as paths relative to it.
  std::vector<std::string> names_in(const std::string& format) const {
    std::vector<std::string> names;
    const fs::path folder = directory.path() / format;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(folder).string());
    }
    return names;
  }

  test::TemporaryDirectory directory;
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  std::vector<RunRecord> runs = sample_runs(stored.experiment);
};

TEST_F(Exports, AnIndependentReaderFindsTheSameNumbersInEveryFormat) {
  stored.experiment.models[0].name = "a, \"b\"/../c\xc3\xa9";
  runs = sample_runs(stored.experiment);
  runs[1].diverged_epoch = 2;
  runs[1].final[0].loss = std::numeric_limits<double>::quiet_NaN();
  runs[1].history[2].loss = std::numeric_limits<double>::infinity();
  runs[1].history[3].loss = std::numeric_limits<double>::quiet_NaN();
  for (RunRecord& run : runs) {
    if (run.model == stored.experiment.models[1].name) test::add_objective(run);
  }
  for (const std::string& format : export_formats()) write(format, {.every_run = true});
  const std::string command =
      std::string("'" GPU_SWEEP_PYTHON "' '" GPU_SWEEP_CHECK_EXPORTS "' '") + directory.path().string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

TEST_F(Exports, NpzHasTheStudysNames) {
  EXPECT_THAT(write("npz"), ElementsAre("layer = 0.npz", "layer = 1.npz", "history.npz", "confusion.npz",
                                        "predictions.npz"));
  const NpzArrays layer = read_npz(directory.path() / "npz" / "layer = 1.npz");
  EXPECT_EQ(
      npy_values<double>(layer.at("valid_accuracy")),
      (std::vector<double>{runs[3].final[1].accuracy, runs[4].final[1].accuracy, runs[5].final[1].accuracy}));
}

TEST_F(Exports, NpzOfModelsOfOneDepthIsNamedByModel) {
  stored.experiment.models[1].hidden = {32};
  EXPECT_EQ(write("npz")[1], "model = deep.npz");
}

TEST_F(Exports, PredictionsOfEveryRunComeBack) {
  runs[5].diverged_epoch = 1;
  write("npz");
  const NpzArrays arrays = read_npz(directory.path() / "npz" / "predictions.npz");
  const NpyArray& classes = arrays.at("deep/test");
  EXPECT_THAT(classes.shape, ElementsAre(3, 50));
  std::vector<std::uint8_t> expected;
  for (int i = 3; i < 6; ++i) {
    const auto& row = runs[static_cast<std::size_t>(i)].test_predictions;
    expected.insert(expected.end(), row.begin(), row.end());
  }
  EXPECT_EQ(npy_values<std::uint8_t>(classes), expected);
  EXPECT_THAT(npy_values<std::int32_t>(arrays.at("deep/diverged_epoch")), ElementsAre(-1, -1, 1));
}

TEST_F(Exports, ASecondExportHasTheSameBytes) {
  const auto make = [this] {
    std::vector<std::string> bytes;
    for (const std::string& format : export_formats()) {
      if (format == "json") continue;  // it contains timings
      for (const std::string& name : write(format)) {
        bytes.push_back(test::read_file(directory.path() / format / name));
      }
    }
    return bytes;
  };
  const std::vector<std::string> first = make();
  for (RunRecord& run : runs) run.train_seconds += 1;
  EXPECT_EQ(first, make());
}

TEST_F(Exports, TensorBoardGetsASummaryUnlessEveryRunIsAskedFor) {
  EXPECT_EQ(write("tensorboard").size(), 2u * 3u * 2u);
  EXPECT_EQ(write("tensorboard", {.every_run = true}).size(), 2u * (3u + 3u) * 2u);
}

TEST_F(Exports, InItsOwnFolderRemovesWhatAnEarlierOneLeft) {
  std::vector<std::string> warnings;
  const ExportOptions own{.warn = [&](const std::string& line) { warnings.push_back(line); },
                          .owns_directory = true};
  write("npz", own);
  test::write_file(directory.path() / "npz/notes.npz", "the user's");
  stored.experiment.models[1].hidden = {32};  // both depths are equal now, so files are named after models
  std::vector<std::string> names = write("npz", own);
  names.emplace_back("notes.npz");
  EXPECT_THAT(names_in("npz"), ::testing::UnorderedElementsAreArray(names));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("npz: removed 2 files of an earlier export")));
  runs.clear();
  write("npz", own);
  EXPECT_THAT(names_in("npz"),
              ::testing::UnorderedElementsAre("model = wide.npz", "model = deep.npz", "notes.npz"))
      << "no run, no history";
  runs = sample_runs(stored.experiment);
  write("tensorboard", {.every_run = true, .owns_directory = true});
  names = write("tensorboard", own);
  EXPECT_THAT(names_in("tensorboard"), ::testing::UnorderedElementsAreArray(names));
  for (const auto& entry : fs::recursive_directory_iterator(directory.path() / "tensorboard")) {
    EXPECT_FALSE(fs::is_empty(entry)) << entry;
  }
}

TEST_F(Exports, InTheOwnFolderReplaceATableOfPairsThatAreNoLongerCompared) {
  const ExportOptions own = {.owns_directory = true};
  write("latex", own);
  EXPECT_THAT(names_in("latex"), ::testing::UnorderedElementsAre("models.tex", "methods.tex", "pairs.tex"));
  runs.resize(1);
  write("latex", own);
  EXPECT_THAT(names_in("latex"), ::testing::UnorderedElementsAre("models.tex", "methods.tex"));
  test::write_file(directory.path() / "latex/pairs.tex", "the paper's");
  write("latex", own);
  write("latex");
  EXPECT_THAT(names_in("latex"), ::testing::UnorderedElementsAre("models.tex", "methods.tex", "pairs.tex"));
}

TEST_F(Exports, ElsewhereRefusesAFolderWithAnotherExport) {
  write("npz");
  const std::vector<std::string> before = names_in("npz");
  stored.experiment.models[1].hidden = {32};
  EXPECT_THAT(test::error_of(ExitCode::kUsage, [this] { write("npz"); }),
              HasSubstr("npz holds 'layer = 0.npz' and 1 more file of another export"));
  EXPECT_EQ(names_in("npz"), before) << "nothing is written";
  write("tensorboard", {.every_run = true});
  EXPECT_THAT(test::error_of(ExitCode::kUsage, [this] { write("tensorboard"); }), HasSubstr("/seed "));
  for (ModelSpec& model : stored.experiment.models) model.name += " of another study";
  for (RunRecord& run : runs) run.model += " of another study";
  EXPECT_FALSE(write("tensorboard").empty()) << "TensorBoard shows several studies of one folder";
}

TEST_F(Exports, NoFileOfTheUserIsReplaced) {
  const std::string precious = "model,seed,score\nmine,1,0.5\n";
  for (const std::string& format : export_formats()) {
    if (format == "tensorboard") continue;  // no file of a user has the name of an event file
    const std::vector<std::string> names = write(format);
    for (const std::string& name : names) {
      const fs::path file = directory.path() / format / name;
      EXPECT_EQ(write(format), names) << "an export replaces an earlier one";
      test::write_file(file, precious);
      const std::string other = test::read_file(directory.path() / format / names.front());
      runs.front().seed += 1;  // so that the export would have other contents
      EXPECT_THAT(test::error_of(ExitCode::kUsage, [&] { write(format); }),
                  HasSubstr(name + ": found an existing file that is no "));
      EXPECT_EQ(test::read_file(file), precious);
      EXPECT_EQ(test::read_file(directory.path() / format / names.front()), other) << "nothing is written";
      fs::remove(file);
    }
  }
}

TEST_F(Exports, AStudyWithoutRunsIsExportedEmpty) {
  runs.clear();
  EXPECT_THAT(write("npz"), ElementsAre("layer = 0.npz", "layer = 1.npz"));
  EXPECT_TRUE(write("tensorboard").empty());
  write("csv");
  EXPECT_EQ(test::read_file(directory.path() / "csv" / "history.csv"),
            "model,seed,epoch,loss,accuracy,val_loss,val_accuracy\n");
}

TEST_F(Exports, NoCellOfACsvFileIsAFormula) {
  const std::array<std::pair<const char*, const char*>, 6> kNames = {{{"=1+1", "'=1+1"},
                                                                      {"+x", "'+x"},
                                                                      {"-x", "'-x"},
                                                                      {"@x,\"y\"", "\"'@x,\"\"y\"\"\""},
                                                                      {"a\u009b\nb", R"(a\u009b\nb)"},
                                                                      {"x=-1", "x=-1"}}};
  runs.resize(1);
  runs[0].final[0].loss = -0.5;  // a negative number must stay a number
  for (const auto& [name, cell] : kNames) {
    stored.experiment.models[0].name = runs[0].model = name;
    write("csv");
    const std::string history = test::read_file(directory.path() / "csv" / "history.csv");
    EXPECT_THAT(history.substr(history.find('\n') + 1), testing::StartsWith(std::string(cell) + ','));
    const std::string rows = test::read_file(directory.path() / "csv" / "runs.csv");
    EXPECT_THAT(rows.substr(rows.find('\n') + 1), testing::StartsWith(std::string(cell) + ','));
    EXPECT_THAT(rows, HasSubstr(",-0.5,"));
  }
}

TEST_F(Exports, TheCsvFileGainsAScalarsColumnOnlyIfAModelHasIt) {
  const auto header = [this] {
    write("csv");
    const std::string rows = test::read_file(directory.path() / "csv" / "runs.csv");
    return rows.substr(0, rows.find('\n'));
  };
  EXPECT_THAT(header(), HasSubstr(",learning_rate,beta1,beta2,epsilon,momentum,rho,batch_size,"));
  stored.experiment.models[0].optimizer = OptimizerSpec::with_defaults(OptimizerKind::kAdamW);
  EXPECT_THAT(header(), HasSubstr(",momentum,rho,weight_decay,batch_size,"));
}

TEST_F(Exports, TheHistoryGainsAnObjectiveOnlyIfARunHasOne) {
  const auto lines = [this] {
    write("csv");
    return test::lines_of(test::read_file(directory.path() / "csv" / "history.csv"));
  };
  EXPECT_EQ(lines()[0], "model,seed,epoch,loss,accuracy,val_loss,val_accuracy");
  test::add_objective(runs[3]);
  runs[3].objective[0] = std::numeric_limits<double>::quiet_NaN();  // as of an older version
  const std::vector<std::string> gained = lines();
  EXPECT_EQ(gained[0], "model,seed,epoch,loss,accuracy,val_loss,val_accuracy,objective");
  const std::size_t points = runs[0].history.size();
  EXPECT_THAT(gained[1], testing::EndsWith(',' + number_text(runs[0].history[0].loss)));
  EXPECT_THAT(gained[1 + 3 * points], testing::EndsWith(",nan"));
  EXPECT_THAT(gained[2 + 3 * points], testing::EndsWith(',' + number_text(runs[3].objective[1])));
}

TEST_F(Exports, AnUnknownFormatNamesTheKnown) {
  EXPECT_THAT(test::error_of(ExitCode::kUsage, [this] { write("xlsx"); }),
              HasSubstr("'xlsx': expected npz, csv, json, tensorboard or latex"));
}

TEST(FileName, HarmlessNamesStay) {
  EXPECT_EQ(file_name("original model, lr=0.1"), "original model, lr=0.1");
}

TEST(FileName, NoNameLeavesItsFolder) {
  EXPECT_EQ(file_name(".."), "%2E.");
  EXPECT_EQ(file_name("../x"), "%2E.%2Fx");
  EXPECT_EQ(file_name("a/b\\c%"), "a%2Fb%5Cc%25");
  EXPECT_EQ(file_name(""), "%");
}

TEST(FileName, LongNamesAreTruncatedAndStayDifferent) {
  const std::string a(500, 'a');
  EXPECT_LE(file_name(a).size(), 200u);
  EXPECT_NE(file_name(a), file_name(a + "b"));
}

TEST(MaskedCrc32c, KnownAnswer) {
  // RFC 3720: the CRC-32C of 32 zero bytes is 8a9136aa.
  const std::uint32_t crc = 0x8a9136aau;
  EXPECT_EQ(masked_crc32c(std::string(32, '\0')), ((crc >> 15) | (crc << 17)) + 0xa282ead8u);
}

}  // namespace
}  // namespace gpu_sweep
