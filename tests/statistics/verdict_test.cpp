#include "engine/statistics/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/statistics/wording.h"
#include "tests/statistics/synthetic_runs.h"

namespace gpu_sweep {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<double> steps(double first, double step, int n) {
  std::vector<double> values;
  for (int i = 0; i < n; ++i) values.push_back(first + step * i);
  return values;
}

std::string sentence(const std::vector<std::string>& names, const std::vector<RunRecord>& runs) {
  const auto models = runs_by_model(synthetic_experiment(names, 1), runs);
  return difference_sentence(models, compare_models(models, kValidationAccuracy));
}

TEST(Verdict, OneRun) {
  std::vector<RunRecord> runs;
  add_runs(runs, "only", {0.9});
  EXPECT_EQ(
      sentence({"only"}, runs),
      "One run of “only”: validation accuracy 90.00 %, test accuracy 90.00 %. One run says nothing about how "
      "much another seed would change them.");
}

TEST(Verdict, OneModelManyRuns) {
  std::vector<RunRecord> runs;
  add_runs(runs, "only", {0.8, 0.9, 1.0});
  EXPECT_EQ(sentence({"only"}, runs),
            "“only” reaches a validation accuracy of 90.00 % on average over 3 runs (95 % interval of the "
            "mean 65.16 "
            "to 114.84 %; single runs 80.00 to 100.00 %), and 90.00 % on the test set.");
}

TEST(Verdict, TooFewRuns) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", steps(0.9, 0.001, 5));
  add_runs(runs, "b", steps(0.8, 0.001, 5));
  EXPECT_EQ(sentence({"a", "b"}, runs),
            "Too few runs to tell the 2 models apart: 5 runs each on equal seeds, at least 6 are needed. “a” "
            "has the "
            "highest "
            "validation accuracy here, 90.20 %, which another seed may overturn.");
}

TEST(Verdict, ThreePairsNeedSevenRuns) {
  std::vector<RunRecord> runs;
  for (const char* name : {"a", "b", "c"}) add_runs(runs, name, steps(0.9 - 0.01 * *name, 0.001, 6));
  EXPECT_THAT(
      sentence({"a", "b", "c"}, runs),
      StartsWith("Too few runs to tell the 3 models apart: 6 runs each on equal seeds, at least 7 are "
                 "needed."));
}

/// Returns runs in which "usual" is better on 11 of 12 seeds and fails on one.
std::vector<RunRecord> one_run_far_off() {
  std::vector<double> usual = steps(0.81, 0.0012, 12);
  usual[5] = 0.1;
  std::vector<RunRecord> runs;
  add_runs(runs, "usual", usual);
  add_runs(runs, "steady", steps(0.8, 0.001, 12));
  return runs;
}

TEST(Verdict, TwoModelsOfWhichMostSeedsAndTheMeansDisagree) {
  EXPECT_THAT(
      sentence({"usual", "steady"}, one_run_far_off()),
      AllOf(StartsWith("“steady” and “usual” cannot be told apart by validation accuracy: “usual” is "
                       "better on 92 % of the seeds (p = 0.034), but “steady” is ahead on average by "),
            EndsWith("), because a few runs lie far off: 12 runs each on equal seeds.")));
}

TEST(Verdict, ManyModelsOfWhichMostSeedsAndTheMeansDisagree) {
  std::vector<RunRecord> runs = one_run_far_off();
  add_runs(runs, "worst", steps(0.2, 0.0011, 12));
  EXPECT_THAT(
      sentence({"usual", "steady", "worst"}, runs),
      AllOf(HasSubstr("“steady” is the best"), HasSubstr("It cannot be told apart from “usual”."),
            EndsWith(" 1 pair is not counted, since one model is better on most seeds and the other on "
                     "average: a few runs lie far off.")));
}

TEST(Verdict, TwoModelsThatDiffer) {
  std::vector<RunRecord> runs;
  add_runs(runs, "worse", steps(0.8, 0.0012, 8));
  add_runs(runs, "better", steps(0.81, 0.001, 8));
  EXPECT_EQ(
      sentence({"worse", "better"}, runs),
      "“better” beats “worse” in validation accuracy by 0.93 percentage points (95 % interval 0.89 to 0.97, "
      "p = 0.008): 8 runs each on equal seeds, better on 100 % of the seeds.");
}

TEST(Verdict, TwoModelsThatDoNot) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.81, 0.82, 0.83, 0.84, 0.85, 0.86});
  add_runs(runs, "b", {0.86, 0.845, 0.8325, 0.83, 0.82, 0.812});
  EXPECT_THAT(sentence({"a", "b"}, runs),
              HasSubstr("“a” and “b” cannot be told apart by validation accuracy"));
}

TEST(Verdict, ManyModelsNameTheBestItsLeadAndItsEquals) {
  std::vector<RunRecord> runs;
  add_runs(runs, "worst", steps(0.7, 0.0012, 12));
  add_runs(runs, "best", steps(0.801, 0.001, 12));
  std::vector<double> equal = steps(0.801, 0.001, 12);
  for (std::size_t i = 0; i < equal.size(); ++i)
    equal[i] += (i % 2 == 0 ? 0.0019 : -0.002) + 1e-6 * static_cast<double>(i);
  add_runs(runs, "equal", equal);
  EXPECT_EQ(
      sentence({"worst", "best", "equal"}, runs),
      "2 of the 3 pairs of models differ in validation accuracy by more than seed noise (12 runs each on "
      "equal "
      "seeds; p below 0.05 after Holm's correction). “best” is the best with 80.65 %; its widest lead is "
      "over "
      "“worst”, 9.99 percentage points (95 % interval 9.94 to 10.04, p = 0.001). It cannot be told apart "
      "from "
      "“equal”.");
}

TEST(Verdict, AllPairsThatDifferAreNotCountedTwice) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", steps(0.7, 0.0012, 12));
  add_runs(runs, "b", steps(0.801, 0.001, 12));
  add_runs(runs, "c", steps(0.6, 0.0015, 12));
  EXPECT_THAT(sentence({"a", "b", "c"}, runs),
              AllOf(StartsWith("All 3 pairs of models differ"), EndsWith("It beats every other model.")));
}

TEST(Verdict, OfVeryManyModelsOnlyTheBestIsCompared) {
  std::vector<RunRecord> runs;
  std::vector<std::string> names;
  for (int i = 0; i < 60; ++i) {
    names.push_back("m" + std::to_string(i));
    std::vector<double> accuracies = steps(i < 58 ? 0.7 : 0.8, 0.001 + 1e-7 * i, 12);
    if (i == 58) std::ranges::reverse(accuracies);
    add_runs(runs, names.back(), accuracies);
  }
  EXPECT_THAT(sentence(names, runs),
              AllOf(StartsWith("58 of the 59 other models differ from the best in validation accuracy"),
                    HasSubstr("“m59” is the best"), EndsWith("It cannot be told apart from “m58”.")));
  for (RunRecord& run : runs) run.final[1].accuracy = 0.9;
  EXPECT_THAT(
      sentence(names, runs),
      AllOf(StartsWith("None of the 60 models can be told apart from the best"), HasSubstr("“m0” is")));
}

TEST(Verdict, DivergedRunsAreMentioned) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.9, 0.9});
  runs[1].diverged_epoch = 3;
  EXPECT_THAT(sentence({"a"}, runs), HasSubstr(" 1 run diverged and is left out."));
}

TEST(Verdict, TheChoiceIsOfTwoOrOfMore) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", steps(0.7, 0.0012, 12));
  add_runs(runs, "b", steps(0.801, 0.001, 12));
  const auto chosen = [&](const std::vector<std::string>& names) {
    const auto models = runs_by_model(synthetic_experiment(names, 12), runs);
    const auto comparisons = compare_models(models, kValidationAccuracy);
    return selection_sentence(models,
                              *select_model(models, comparisons, std::vector<double>(names.size(), 1)));
  };
  EXPECT_EQ(chosen({"a", "b"}),
            "Judged on validation data only, the choice is “b”: the other model is behind by more than seed "
            "noise.");
  add_runs(runs, "c", steps(0.6, 0.0015, 12));
  EXPECT_EQ(chosen({"a", "b", "c"}),
            "Judged on validation data only, the choice is “b”: every other model is behind by more than "
            "seed noise.");
}

TEST(Verdict, NoRuns) { EXPECT_EQ(sentence({"a"}, {}), "No run has finished yet."); }

TEST(Verdict, TestSetNoiseIsNamedApart) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.9, 0.9});
  for (RunRecord& run : runs) run.confusion[2] = {2, {4500, 500, 500, 4500}};
  const auto models = runs_by_model(synthetic_experiment({"a"}, 2), runs);
  EXPECT_EQ(
      test_set_sentence(models[0], {}),
      "The test accuracy of “a” is 90.00 % on average; because the test set has only 10,000 images, it is "
      "uncertain by ±0.59 points at most (95 %). More runs do not reduce this.");
}

TEST(Wording, Numbers) {
  EXPECT_EQ(points(-0.00421), "−0.42");
  EXPECT_EQ(points(-0.00001), "0.00");
  EXPECT_EQ(fixed(5.18e30, 4), "5.18e+30");
  EXPECT_EQ(p_value(0.00001), "p < 0.0001");
  EXPECT_EQ(p_value(0.0314), "p = 0.031");
  EXPECT_EQ(p_value(0.0498), "p = 0.0498");
  EXPECT_EQ(p_value(1), "p = 1.00");
  EXPECT_EQ(with_thousands(1234567), "1,234,567");
  EXPECT_EQ(with_thousands(-123), "-123");
  EXPECT_EQ(counted(1, "run"), "1 run");
}

TEST(Wording, DurationsLoseTheirSecondsAsTheyGrow) {
  EXPECT_EQ(duration_text(0), "0 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(59.6), "1 min 00 s");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(7500), "2 h 05 min");
}

}  // namespace
}  // namespace gpu_sweep
