// Studies that hold out rows of the training file to judge models by.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/report/analysis.h"
#include "engine/report/export/csv.h"
#include "engine/report/export/latex.h"
#include "engine/report/export/summary_json.h"
#include "engine/report/html/html_report.h"
#include "engine/statistics/judge/judge.h"
#include "engine/statistics/judged_metric.h"
#include "engine/statistics/runs_of_models.h"
#include "engine/statistics/sampling_error.h"
#include "engine/statistics/verdict.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/tables.h"
#include "tests/report/synthetic_report.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Validation rows favor “a”, and the judging rows favor “b”. The accuracies of “a” on judging rows are 0.4 +
/// 0.0025 (s² mod 7) for the seeds s = 0..11, and those of “b” are 0.05 more. The twelve remainders have the
/// mean 23 / 12 and the standard deviation 1.38.
class JudgingRows : public testing::Test {
 protected:
  JudgingRows() : report_(synthetic_report({"a", "b"}, 12, synthetic_images(400, 4))) {
    report_.stored.provenance.data_settings.judge = HoldOut{0.1, 0, false};
    report_.stored.experiment.models[0].early_stopping = {Monitor::kValidationLoss, 3, 0, true};
    for (RunRecord& run : report_.runs) {
      const bool first = run.model == "a";
      run.final[1].accuracy = 0.5 + (first ? 0.1 : 0) + 1e-3 * static_cast<double>(run.seed);
      run.final[kJudging] = {
          1, 0.4 + (first ? 0 : 0.05) + 0.0025 * static_cast<double>(run.seed * run.seed % 7)};
      run.confusion[kJudging] = {4, {50, 50, 0, 0, 0, 100, 0, 0, 0, 0, 100, 0, 0, 0, 0, 100}};
    }
  }
  ReportAnalysis analysis() const { return analyse(report_.stored, report_.runs, nullptr); }

  static constexpr std::size_t kJudging = index_of(Split::kJudging);
  SyntheticReport report_;
};

TEST_F(JudgingRows, JudgeAllModels) {
  EXPECT_EQ(judged_metric(report_.stored), kJudgingAccuracy);
  EXPECT_EQ(to_string(kJudgingAccuracy), "judging accuracy");
  const ReportAnalysis found = analysis();
  EXPECT_EQ(judged_metric(found.models), kJudgingAccuracy);
  EXPECT_EQ(images_of(found.models[0], Split::kJudging), 400);
  ASSERT_EQ(found.deciding().size(), 1u);
  EXPECT_TRUE(found.on_validation.empty());
  EXPECT_NEAR(found.deciding()[0].mean_difference, -0.05, 1e-12);
  EXPECT_TRUE(found.deciding()[0].new_images) << "the test rows still say what holds on new images";
  EXPECT_THAT(found.differences(),
              testing::StartsWith("“b” is better than “a” on these images by 5.00 points"));
  EXPECT_THAT(
      found.differences(),
      HasSubstr("The validation rows chose the epochs of “a”. Rows of the training file that took part "
                "neither in training nor in validation judge all models."));
  EXPECT_EQ(
      found.choice(),
      "The choice is “a”, which has the highest mean validation accuracy, 60.55 %: it was chosen before "
      "the judging rows judged.");
  report_.stored.experiment.models[0].early_stopping = {};
  EXPECT_THAT(analysis().differences(), HasSubstr(" Rows of the training file that took part neither"));
  EXPECT_THAT(analysis().differences(), Not(HasSubstr("chose")));
}

TEST_F(JudgingRows, AreInTheExportsAndOnThePage) {
  const nlohmann::ordered_json json = summary_json(report_.stored, report_.runs);
  EXPECT_EQ(json["verdict"]["judged_on"], "judging");
  EXPECT_EQ(json["pairs"][0]["metric"], "judging accuracy");
  EXPECT_EQ(json["models"][0]["per_run"][0]["judge_accuracy"], report_.runs[0].final[kJudging].accuracy);
  EXPECT_EQ(json["models"][0]["judge_loss"]["mean"], 1.0);
  EXPECT_NEAR(json["models"][0]["judge_accuracy"]["mean"].get<double>(), 0.4 + 0.0025 * 23 / 12, 1e-12);
  EXPECT_NEAR(json["models"][1]["judge_accuracy"]["mean"].get<double>(), 0.45 + 0.0025 * 23 / 12, 1e-12);
  EXPECT_THAT(study_table(report_.stored, report_.runs), HasSubstr("0.4048 ± 0.0035  1.0000 ± 0.0000\n"));
  const std::string page = content_of_page(html_report(analysis()));
  EXPECT_NE(page.find("<summary>Accuracy on the judging rows, all pairs</summary>"), std::string::npos);
  report_.stored.provenance.data_settings.judge.reset();
  for (RunRecord& run : report_.runs) {
    run.final[kJudging] = {};
    run.confusion[kJudging] = {};
  }
  EXPECT_THAT(runs_csv(report_.stored, report_.runs), Not(HasSubstr("judge_")));
  EXPECT_FALSE(summary_json(report_.stored, report_.runs)["models"][0].contains("judge_accuracy"));
}

TEST_F(JudgingRows, HaveAColumnOfTheTableForLatex) {
  const auto table = [&] { return latex_files(analysis()).front().second; };
  const std::string judged = table();
  EXPECT_THAT(judged, HasSubstr("\\begin{tabular}{lrrrrr}\n\\toprule\n"
                                "model & runs & failed & validation & judging & test \\\\\n"));
  EXPECT_THAT(judged, HasSubstr(" & $60.55 \\pm 0.35$ & $40.48 \\pm 0.35$ & $"));
  EXPECT_THAT(judged, HasSubstr(" & $50.55 \\pm 0.35$ & $45.48 \\pm 0.35$ & $"));
  report_.stored.provenance.data_settings.judge.reset();
  EXPECT_THAT(table(), HasSubstr("\\begin{tabular}{lrrrr}\n\\toprule\n"
                                 "model & runs & failed & validation & test \\\\\n"));
}

TEST_F(JudgingRows, JudgeTheExportedTableToo) {
  const auto judged = [&](const char* score) {
    ScoreTableOptions options;
    options.columns = {{"score", score}};
    return judge(read_scores(parse_csv(runs_csv(report_.stored, report_.runs), "r.csv"), "r.csv", options),
                 {});
  };
  const JudgedPair pair = judged("judge_accuracy").datasets.at(0).pairs.at(0);
  const ReportAnalysis study = analysis();
  EXPECT_EQ(pair.told, study.deciding()[0].told);
  EXPECT_EQ(pair.p_holm, study.deciding()[0].p_holm);
  try {
    judged("valid_accuracy");
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(
        error.what(),
        "r.csv, line 2: found scores of 'valid_accuracy' in a study judged on judging rows, expected "
        "score=judge_accuracy: it holds out rows of the training file for that");
  }
}

TEST_F(JudgingRows, WithoutFiniteMetricsARunDoesNotCount) {
  RunRecord& run = report_.runs[0];
  EXPECT_TRUE(is_finite(run));
  run.final[kJudging].loss = NAN;
  EXPECT_FALSE(is_finite(run));
  run.final[kJudging].accuracy = NAN;
  EXPECT_FALSE(is_finite(run)) << "its answers are counted";
  run.confusion[kJudging] = {};
  EXPECT_TRUE(is_finite(run)) << "without judging rows";
  EXPECT_TRUE(std::isnan(value_of(run, kJudgingAccuracy)));
}

}  // namespace
}  // namespace gpu_sweep
