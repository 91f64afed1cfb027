#include "gpu_sweep/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "engine/report/display_width.h"
#include "tests/support/sample_runs.h"
#include "tests/support/text.h"

namespace gpu_sweep {
namespace {

using test::sample_experiment;
using test::sample_provenance;
using test::sample_runs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Returns the column at which `needle` begins in the line that begins with `start`, or -1.
int column_of(const std::string& text, const std::string& start, const std::string& needle) {
  for (const std::string& line : test::lines_of(text)) {
    if (!line.starts_with(start)) continue;
    const std::size_t place = line.find(needle);
    return place == std::string::npos ? -1 : display_width(line.substr(0, place));
  }
  return -1;
}

TEST(StudyTable, ShowsMeanAndStdOfEveryFigure) {
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  stored.experiment.runs = 2;
  std::vector<RunRecord> runs = sample_runs(stored.experiment);
  runs[0].final = {{{0.25, 0.75}, {0.5, 0.6}, {0.7, 0.5}}};
  runs[1].final = {{{0.75, 0.25}, {0.5, 0.8}, {0.9, 0.5}}};
  const std::string table = study_table(stored, runs);
  EXPECT_THAT(table, AllOf(HasSubstr("0.5000 ± 0.2500  0.7000 ± 0.1000  0.5000 ± 0.0000\n"),
                           HasSubstr("0.5000 ± 0.2500  0.5000 ± 0.0000  0.8000 ± 0.1000\n")));
  EXPECT_THAT(table, HasSubstr("sample: 2 models, 2 runs each, seeds from 0; fp32 on a CPU\n"));
  EXPECT_THAT(table, Not(HasSubstr("left out")));
  EXPECT_THAT(table, Not(HasSubstr("not finished")));
}

TEST(StudyTable, SaysHowRunsThatStoppedEarlyEnded) {
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  stored.experiment.models[0].early_stopping.monitor = Monitor::kValidationAccuracy;
  stored.experiment.models[1].early_stopping = {Monitor::kValidationLoss, 1, 0, true};
  std::vector<RunRecord> runs = sample_runs(stored.experiment);
  for (RunRecord& run : runs) {
    if (run.model == "deep" && run.seed == 1) run.history.pop_back();
  }
  EXPECT_THAT(
      study_table(stored, runs),
      AllOf(HasSubstr("wide: trained 3 of 3 epochs, stopped by the validation split, with the last epoch's "
                      "weights\n"),
            HasSubstr("deep: trained 2 to 3 of 3 epochs, with the weights of the epoch of the lowest loss on "
                      "the validation split: there its metrics are optimistic\n")));
}

TEST(StudyTable, SaysThatTheObjectiveChoseTheEpoch) {
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  stored.experiment.models[0].early_stopping.monitor = Monitor::kObjective;
  stored.experiment.models[1].early_stopping = {Monitor::kObjective, 1, 0, true};
  const std::string table = study_table(stored, sample_runs(stored.experiment));
  EXPECT_THAT(table, AllOf(HasSubstr("stopped by the training objective, with the last epoch's weights\n"),
                           HasSubstr("with the weights of the epoch of the lowest training objective\n")));
  EXPECT_THAT(table, Not(HasSubstr("optimistic"))) << "the validation rows chose nothing";
}

TEST(StudyTable, ColumnsLineUpUnderTheirTitlesInAnyScript) {
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  stored.experiment.models[0].name = "größer";
  stored.experiment.models[1].name = "深い";
  const std::string table = study_table(stored, sample_runs(stored.experiment));
  const int title = column_of(table, "accuracy", "train");
  ASSERT_GT(title, 0);
  EXPECT_EQ(column_of(table, "größer", "0."), title);
  EXPECT_EQ(column_of(table, "深い", "0."), title);
}

TEST(StudyTable, NoLineIsWiderThanAHundredColumns) {
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  stored.experiment.models[0].name =
      "three hidden layer, activation=sigmoid, optimizer=rmsprop, batch_size=1024";
  const std::string table = study_table(stored, sample_runs(stored.experiment));
  EXPECT_THAT(table, HasSubstr(stored.experiment.models[0].name + "\n"));
  for (const std::string& line : test::lines_of(table)) EXPECT_LE(display_width(line), 100) << line;
}

TEST(StudyTable, HugeLossesKeepTheirColumn) {
  EXPECT_EQ(mean_and_std(2.5, 9999.4, 3), "2.5000 ± 9999.4");
  EXPECT_EQ(mean_and_std(12.34567, 123.4567, 3), "12.346 ± 123.46");
  EXPECT_EQ(mean_and_std(5.18e30, 0.25, 3), "5e+30 ± 0.2500");
  EXPECT_EQ(mean_and_std(12345, 0, 1), "1e+04");
}

TEST(StudyTable, OneRunHasNoStandardDeviation) {
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  stored.experiment.runs = 1;
  EXPECT_THAT(study_table(stored, sample_runs(stored.experiment)), Not(HasSubstr("±")));
}

TEST(StudyTable, NamesDivergedRunsWithTheirEpochAndLeavesThemOut) {
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  std::vector<RunRecord> runs = sample_runs(stored.experiment);
  runs[4].diverged_epoch = 2;
  runs[4].final[0].loss = std::numeric_limits<double>::quiet_NaN();
  const std::string table = study_table(stored, runs);
  EXPECT_THAT(table, HasSubstr("left out: deep, seed 1: diverged in epoch 2\n"));
  EXPECT_THAT(table, Not(HasSubstr("nan")));
}

TEST(StudyTable, CountsDivergedRunsWhereThereAreSome) {
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  std::vector<RunRecord> runs = sample_runs(stored.experiment);
  EXPECT_THAT(study_table(stored, runs), Not(HasSubstr("diverged")));
  for (const std::size_t i : {1U, 3U, 4U, 5U}) runs[i].diverged_epoch = 1;
  const std::string table = study_table(stored, runs);
  EXPECT_THAT(table, HasSubstr("accuracy    runs        diverged  train "));
  EXPECT_THAT(table, HasSubstr("\nwide           2    1 (1 - 91 %)  0."));
  EXPECT_THAT(table, HasSubstr("\ndeep           0  3 (29 - 100 %)  -                -                -\n"));
}

TEST(StudyTable, SaysWhatIsNotFinished) {
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  std::vector<RunRecord> runs = sample_runs(stored.experiment);
  runs.resize(2);
  const std::string table = study_table(stored, runs);
  EXPECT_THAT(table, HasSubstr("not finished: 2 of 6 runs are here\n"));
  EXPECT_EQ(column_of(table, "deep", "-"), column_of(table, "accuracy", "train"));
}

TEST(StudyTable, SaysHowSeedsWereBought) {
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  stored.experiment.analysis.until_decided = true;
  std::vector<RunRecord> runs = sample_runs(stored.experiment);
  EXPECT_THAT(study_table(stored, runs), HasSubstr("the pair was undecided after 3 seeds."));
  runs.pop_back();
  EXPECT_THAT(study_table(stored, runs), HasSubstr("this study is not finished: "));
}

TEST(StudyTable, NamesCannotSteerTheTerminal) {
  StoredExperiment stored{sample_experiment(), sample_provenance(), 0};
  stored.experiment.name = "a\x1b[2Jb";
  stored.experiment.models[0].name = "c\nd";
  const std::string table = study_table(stored, sample_runs(stored.experiment));
  EXPECT_THAT(table, AllOf(HasSubstr(R"(a\x1b[2Jb)"), HasSubstr(R"(c\nd)"), Not(HasSubstr("\x1b"))));
}

TEST(DisplayWidth, CountsColumnsAndNotBytes) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("±"), 1);
  EXPECT_EQ(display_width("e\u0301"), 1);
  EXPECT_EQ(display_width("深"), 2);
  EXPECT_EQ(display_width("\U0001f600"), 2);
  EXPECT_EQ(display_width("\xff\xfe"), 2);
  EXPECT_EQ(display_width("\xe6\xb7"), 2);  // a truncated character
}

TEST(Printable, EscapesWhatIsNotText) {
  EXPECT_EQ(printable("größe 深"), "größe 深");
  EXPECT_EQ(printable("a\x07\u0085\u202e"
                      "b\xff"),
            R"(a\x07\u0085\u202eb\xff)");
  EXPECT_EQ(printable("a\nb\x1b[31m\x7f"), R"(a\nb\x1b[31m\x7f)");
  EXPECT_EQ(printable("\xc0\xaf"), R"(\xc0\xaf)");          // an overlong form of "/"
  EXPECT_EQ(printable("\xed\xa0\x80"), R"(\xed\xa0\x80)");  // half of a surrogate pair
}

TEST(Printable, JsonKeepsItsMeaning) {
  EXPECT_EQ(printable_json("{\n  \"größe\u009b\u2028\x7f\": 1\n}"),
            "{\n  \"größe\\u009b\\u2028\\u007f\": 1\n}");
}

}  // namespace
}  // namespace gpu_sweep
