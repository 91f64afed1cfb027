#include "engine/statistics/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/statistics/judged_metric.h"
#include "engine/statistics/pair_sentences.h"
#include "engine/statistics/wording.h"
#include "tests/statistics/synthetic_runs.h"

namespace gpu_sweep {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
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
            "5 runs of each cannot tell 2 models apart, whatever the scores: it takes 6. "
            "“a” has the highest mean validation accuracy here, 90.20 %, which other seeds may overturn.");
}

TEST(Verdict, ThreePairsNeedSevenRuns) {
  std::vector<RunRecord> runs;
  for (const char* name : {"a", "b", "c"}) add_runs(runs, name, steps(0.9 - 0.01 * *name, 0.001, 6));
  EXPECT_THAT(sentence({"a", "b", "c"}, runs),
              StartsWith("6 runs of each cannot tell 3 models apart, whatever the scores: it takes 7."));
}

/// Returns runs of two models. "usual" is better than the other model on 11 of 12 seeds, and fails on one
/// seed.
std::vector<RunRecord> one_run_far_off() {
  std::vector<double> usual = steps(0.81, 0.0012, 12);
  usual[5] = 0.1;
  std::vector<RunRecord> runs;
  add_runs(runs, "usual", usual);
  add_runs(runs, "steady", steps(0.8, 0.001, 12));
  return runs;
}

TEST(Verdict, TheMeanIsUndecidedWhereOneRunFailed) {
  EXPECT_THAT(sentence({"usual", "steady"}, one_run_far_off()),
              StartsWith("These runs do not say which of “steady” and “usual” is better: the difference lies "
                         "between −"));
}

TEST(Verdict, FewRunsThatCarryADifferenceAreNamed) {
  std::vector<double> failing = steps(0.9, 1e-6, 60);
  for (std::size_t i = 0; i < 60; i += 10) failing[i] -= 0.03;
  std::vector<RunRecord> runs;
  add_runs(runs, "failing", failing);
  add_runs(runs, "steady", steps(0.9, 1.1e-6, 60));
  EXPECT_THAT(sentence({"failing", "steady"}, runs),
              AllOf(StartsWith("“steady” is better than “failing”"),
                    HasSubstr("A few runs carry the difference between “failing” and “steady”: it is −0.30 "
                              "points in the mean, but 0.00 without the tenth of the seeds at either end.")));
}

TEST(Verdict, TwoModelsThatDiffer) {
  std::vector<RunRecord> runs;
  add_runs(runs, "worse", steps(0.8, 0.0012, 8));
  add_runs(runs, "better", steps(0.81, 0.001, 8));
  EXPECT_EQ(sentence({"worse", "better"}, runs),
            "“better” is better than “worse” on these images by 0.93 points (0.89 to 0.97; 8 seeds).");
}

TEST(Verdict, TwoModelsThatDoNotDiffer) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.81, 0.82, 0.83, 0.84, 0.85, 0.86});
  add_runs(runs, "b", {0.86, 0.845, 0.8325, 0.83, 0.82, 0.812});
  EXPECT_THAT(
      sentence({"a", "b"}, runs),
      StartsWith("These runs do not say which of “a” and “b” is better: the difference lies between −"));
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
      "“best” has the highest mean validation accuracy, 80.65 %, but these runs do not say whether it is "
      "better than “equal”; it is ahead of the runner-up “equal” by 0.00 points (−0.13 to 0.13; "
      "12 seeds, 3 pairs corrected). 2 of the 3 pairs of models differ by more than seed "
      "noise.");
}

/// Returns runs of three models. "lucky" has the highest mean, because its runs diverged on the two seeds on
/// which the others are bad, and so do not count. "better" leads on every seed that both models finished.
/// "worse" is the third.
std::vector<RunRecord> highest_mean_by_failures() {
  const auto values = [](double first) {
    std::vector<double> found = steps(first, 0.0001, 20);
    for (std::size_t i = 0; i < 2; ++i) found[i] -= 0.3;
    return found;
  };
  std::vector<RunRecord> runs;
  add_runs(runs, "lucky", values(0.9));
  for (std::size_t i = 0; i < 2; ++i) runs[i].diverged_epoch = 1;
  std::vector<double> better = values(0.9097);
  for (std::size_t i = 0; i < better.size(); ++i) better[i] += i % 2 == 0 ? 0.0003 : 0.0;
  add_runs(runs, "better", better);
  add_runs(runs, "worse", values(0.7));
  return runs;
}

TEST(Verdict, AModelThatLeadsOnEqualSeedsIsSaidToBeBetterThanTheHighestMean) {
  EXPECT_THAT(sentence({"lucky", "better", "worse"}, highest_mean_by_failures()),
              AllOf(HasSubstr("but on the seeds that both finished, “better” is better than “lucky” by 0.9"),
                    StartsWith("“lucky” has the highest mean validation accuracy, "),
                    Not(HasSubstr("every other model")), Not(HasSubstr("−"))));
}

TEST(Verdict, AModelThatLeadsOnEqualSeedsMayBeChosen) {
  const std::vector<RunRecord> runs = highest_mean_by_failures();
  const auto models = runs_by_model(synthetic_experiment({"lucky", "better", "worse"}, 20), runs);
  const auto selection =
      select_model(models, compare_models(models, kValidationAccuracy),
                   compare_spreads(models, kValidationAccuracy), std::vector<double>{1, 1, 1});
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection->best, 0U);
  EXPECT_EQ(selection->candidates, (std::vector<std::size_t>{0, 1})) << "not “worse”";
}

/// Returns 40 runs of each model around these means. The differences between models spread by about 0.02
/// points.
std::vector<RunRecord> close_together(const std::vector<std::pair<std::string, double>>& means) {
  std::vector<RunRecord> runs;
  for (std::size_t m = 0; m < means.size(); ++m) {
    std::vector<double> values;
    for (int i = 0; i < 40; ++i) {
      values.push_back(means[m].second +
                       0.0002 * std::round(std::sin(1.7 * i + 2.3 * static_cast<double>(m))));
    }
    add_runs(runs, means[m].first, values);
  }
  return runs;
}

std::string judged(const std::vector<std::pair<std::string, double>>& means,
                   const AnalysisSettings& settings) {
  std::vector<std::string> names;
  for (const auto& [name, mean] : means) names.push_back(name);
  const std::vector<RunRecord> runs = close_together(means);
  const auto models = runs_by_model(synthetic_experiment(names, 40), runs);
  return difference_sentence(
      models, compare_models(models, kValidationAccuracy, *settings.smallest_difference / 100), settings);
}

TEST(Verdict, TheSameWithinTheLimit) {
  EXPECT_THAT(
      judged({{"a", 0.9}, {"b", 0.9}}, {0.1, 0.1, false}),
      AllOf(StartsWith("“a” and “b” differ by less than 0.1 points, the limit set before the runs (−0.0"),
            EndsWith(" to 0.01).")));
  EXPECT_THAT(judged({{"a", 0.9}, {"b", 0.9}}, {0.1, 0.1, true}), HasSubstr("the limit set after the runs"));
  EXPECT_THAT(judged({{"a", 0.9005}, {"b", 0.9}}, {0.1, 0.1, false}),
              AllOf(StartsWith("“a” is better than “b” on these images by 0.05 points ("),
                    EndsWith("40 seeds), which is less than 0.1 points, the limit set before the runs.")))
      << "told, and the same";
  EXPECT_THAT(
      judged({{"a", 0.9}, {"b", 0.9}}, {0.1, 0.005, false}),
      AllOf(StartsWith("These runs do not say which of “a” and “b” is better: the difference lies between "),
            HasSubstr(" runs of each would show 0.005 points.")));
}

TEST(Verdict, OfManyModelsThoseThatAreTheSameAreNamed) {
  EXPECT_THAT(judged({{"a", 0.9}, {"b", 0.9}, {"c", 0.88}}, {0.1, 0.1, false}),
              AllOf(StartsWith("“a” has the highest mean validation accuracy, 90.00 %; it is ahead of the "),
                    HasSubstr("“a” and “b” differ by less than 0.1 points, the limit set before the runs."),
                    HasSubstr("2 of the 3 pairs"), Not(HasSubstr("do not say"))));
}

TEST(Verdict, ThoseThatAreTheSameAsOneArePairsWithIt) {
  EXPECT_THAT(judged({{"a", 0.9}, {"b", 0.9}, {"c", 0.9}, {"d", 0.88}}, {0.1, 0.1, false}),
              HasSubstr("“a” differs from each of “b” and “c” by less than 0.1 points, the limit set before "
                        "the runs."));
}

TEST(Verdict, RunsThatWouldShowALimit) {
  // The expected values are (z of the level + z of the power)^2 (spread / limit)^2, rounded up: (1.960 +
  // 0.842)^2 (0.325 / 0.1)^2 = 82.9.
  Comparison pair;
  pair.n = 20;
  pair.family = 1;
  pair.deviation = 0.00325;
  EXPECT_EQ(runs_to_show(pair, 0.001), 83);
  pair.family = 10;  // (2.807 + 0.842)^2 (0.325 / 0.1)^2 = 140.6
  EXPECT_EQ(runs_to_show(pair, 0.001), 141);
  EXPECT_EQ(runs_to_show(pair, 1), 9) << "fewer cannot tell anything";
  pair.deviation = 0;
  EXPECT_FALSE(runs_to_show(pair, 0.001));
}

TEST(Verdict, AllPairsThatDifferAreNotCountedTwice) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", steps(0.7, 0.0012, 12));
  add_runs(runs, "b", steps(0.801, 0.001, 12));
  add_runs(runs, "c", steps(0.6, 0.0015, 12));
  EXPECT_THAT(sentence({"a", "b", "c"}, runs),
              AllOf(StartsWith("“b” is better than every other model on these images, with 80.65 %: than "
                               "the runner-up “a” by 9."),
                    EndsWith("All 3 pairs of models differ by more than seed noise.")));
}

TEST(Verdict, OfManyEqualModelsNoneIsCalledTheBest) {
  std::vector<RunRecord> runs;
  std::vector<std::string> names;
  for (int i = 0; i < 60; ++i) {
    names.push_back("m" + std::to_string(i));
    add_runs(runs, names.back(), std::vector<double>(17, 0.9));
  }
  const std::string found = sentence(names, runs);
  EXPECT_THAT(found,
              AllOf(StartsWith("No two of the 60 models can be told apart on these images. "
                               "“m0” has the highest mean validation accuracy, 90.00 %, but these runs do "
                               "not say whether it is better than any other model"),
                    Not(HasSubstr("is the best")), HasSubstr("1,770 pairs corrected")));
}

TEST(Verdict, DivergedRunsAreMentioned) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.9, 0.9});
  runs[1].diverged_epoch = 3;
  EXPECT_THAT(sentence({"a"}, runs), HasSubstr(" 1 run of “a” diverged and is left out."));
  add_runs(runs, "b", {0.8, 0.81, 0.82});
  runs.back().diverged_epoch = 1;
  EXPECT_THAT(sentence({"a", "b"}, runs), HasSubstr(" 2 runs of “a” and “b” diverged and are left out."));
}

TEST(Verdict, TheChoiceIsOfTwoOrOfMore) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", steps(0.7, 0.0012, 12));
  add_runs(runs, "b", steps(0.801, 0.001, 12));
  const auto chosen = [&](const std::vector<std::string>& names) {
    const auto models = runs_by_model(synthetic_experiment(names, 12), runs);
    const auto comparisons = compare_models(models, kValidationAccuracy);
    return selection_sentence(models,
                              *select_model(models, comparisons, compare_spreads(models, kValidationAccuracy),
                                            std::vector<double>(names.size(), 1)));
  };
  EXPECT_EQ(chosen({"a", "b"}),
            "Judged on validation data only, the choice is “b”: the other model is behind by more than seed "
            "noise.");
  add_runs(runs, "c", steps(0.6, 0.0015, 12));
  EXPECT_EQ(chosen({"a", "b", "c"}),
            "Judged on validation data only, the choice is “b”: every other model is behind by more than "
            "seed noise.");
}

TEST(Verdict, SaysBeforeTrainingWhatTheRunsCanTell) {
  EXPECT_EQ(what_runs_can_tell(5, 4),
            "4 runs of each of 5 models cannot tell any two apart, whatever the scores: it takes 9");
  EXPECT_EQ(what_runs_can_tell(200, 20),
            "20 runs of each of 200 models can tell two apart if they differ enough: it takes 20 at least");
  EXPECT_EQ(what_runs_can_tell(1, 4), "");
}

/// Returns runs in which "early" leads on the validation rows, and "late" leads on the test rows.
std::vector<RunRecord> chosen_by_validation() {
  std::vector<RunRecord> runs;
  add_runs(runs, "early", steps(0.81, 0.001, 8));
  add_runs(runs, "late", steps(0.80, 0.0012, 8));
  for (RunRecord& run : runs) {
    if (run.model == "early") run.final[2].accuracy -= 0.02;
  }
  return runs;
}

TEST(Verdict, TestRowsJudgeWhereValidationRowsChoseEpochs) {
  const std::vector<RunRecord> runs = chosen_by_validation();
  Experiment experiment = synthetic_experiment({"early", "late"}, 8);
  experiment.models[0].early_stopping = {Monitor::kValidationLoss, 3, 0, true};
  const auto models = runs_by_model(experiment, runs);
  ASSERT_EQ(judged_metric(experiment), kTestAccuracy);
  const auto pairs = compare_models(models, judged_metric(models));
  EXPECT_EQ(
      difference_sentence(models, pairs),
      "“late” is better than “early” on these images by 1.07 points (1.03 to 1.11; 8 seeds). The "
      "validation rows chose the epochs of “early”, so the test rows, which took no part in that, judge "
      "all models.");
  const auto spreads = compare_spreads(models, judged_metric(models));
  const auto selection = select_model(models, pairs, spreads, std::vector<double>{2, 1});
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection_sentence(models, *selection),
            "The choice is “early”, which has the highest mean validation accuracy, 81.35 %: it was chosen "
            "before the test rows judged.");
}

TEST(Verdict, ValidationRowsJudgeWhereTheTrainingObjectiveChoseEpochs) {
  Experiment experiment = synthetic_experiment({"early", "late"}, 8);
  experiment.models[0].early_stopping = {Monitor::kObjective, 3, 0, true};
  experiment.models[1].schedule = ScheduleSpec::with_defaults(ScheduleKind::kReduceOnPlateau);
  experiment.models[1].schedule.monitor = Monitor::kObjective;
  EXPECT_EQ(judged_metric(experiment), kValidationAccuracy);
  experiment.models[1].schedule.monitor = Monitor::kValidationLoss;
  EXPECT_EQ(judged_metric(experiment), kTestAccuracy);
}

TEST(Verdict, OfThreeModelsJudgedByTestRowsNamesTheOneThatLeadsThere) {
  std::vector<RunRecord> runs = chosen_by_validation();
  add_runs(runs, "third", steps(0.7, 0.0011, 8));
  Experiment experiment = synthetic_experiment({"early", "late", "third"}, 8);
  experiment.models[1].schedule = ScheduleSpec::with_defaults(ScheduleKind::kReduceOnPlateau);
  const auto models = runs_by_model(experiment, runs);
  EXPECT_THAT(difference_sentence(models, compare_models(models, judged_metric(models))),
              AllOf(StartsWith("“early”, which has the highest mean validation accuracy, reaches 79.35 % on "
                               "the test rows, but on the seeds that both finished, “late” is better than "
                               "“early” by 1.07 points"),
                    HasSubstr("The validation rows chose the learning rates of “late”, so the test rows")));
}

TEST(Verdict, TheRunnerUpIsTheSecondByTheRowsThatJudge) {
  std::vector<RunRecord> runs;
  add_runs(runs, "first", steps(0.9, 0.001, 8));
  add_runs(runs, "second", steps(0.85, 0.0012, 8));
  add_runs(runs, "third", steps(0.8, 0.0011, 8));
  for (std::size_t i = 16; i < 24; ++i) runs[i].final[2].accuracy += 0.07;
  Experiment experiment = synthetic_experiment({"first", "second", "third"}, 8);
  experiment.models[0].early_stopping.monitor = Monitor::kValidationLoss;
  const auto models = runs_by_model(experiment, runs);
  EXPECT_THAT(difference_sentence(models, compare_models(models, judged_metric(models))),
              HasSubstr("than the runner-up “third” by "));
  EXPECT_THAT(difference_sentence(models, compare_models(models, kValidationAccuracy)),
              HasSubstr("than the runner-up “second” by "));
}

TEST(Verdict, AfterARaceIsOfTheModelsThatRemain) {
  std::vector<RunRecord> runs = chosen_by_validation();
  add_runs(runs, "left", steps(0.9, 0.001, 4));
  Experiment experiment = synthetic_experiment({"early", "late", "left"}, 8);
  experiment.analysis.until_decided = experiment.analysis.race = true;
  auto models = runs_by_model(experiment, runs);
  models[2].left_after = 4;
  const auto pairs = compare_models(std::span(models).first(2), judged_metric(experiment));
  EXPECT_THAT(
      difference_sentence(models, pairs, experiment.analysis),
      AllOf(StartsWith("“late” is better than “early” on these images by 1.07 points"),
            EndsWith("The validation rows chose who remains in the race, so the test rows, which took "
                     "no part in that, judge those that remain.")));
  models[1].left_after = 4;
  EXPECT_THAT(difference_sentence(models, {}, experiment.analysis),
              AllOf(StartsWith("“early” reaches a test accuracy of 79.35 % on average over 8 runs"),
                    EndsWith("The validation rows, where it reaches 81.35 %, took part in the race.")));
  models[0].left_after = 4;
  EXPECT_EQ(difference_sentence(models, {}, experiment.analysis), "No model remains in the race.");
}

TEST(Verdict, OfOneModelWhoseEpochsWereChosenIsOfTheTestRows) {
  std::vector<RunRecord> runs;
  add_runs(runs, "only", {0.8, 0.9, 1.0});
  Experiment experiment = synthetic_experiment({"only"}, 3);
  experiment.models[0].early_stopping.monitor = Monitor::kValidationAccuracy;
  EXPECT_THAT(difference_sentence(runs_by_model(experiment, runs), {}),
              StartsWith("“only” reaches a test accuracy of 90.00 % on average over 3 runs"));
}

TEST(Verdict, NoRuns) { EXPECT_EQ(sentence({"a"}, {}), "No run has finished yet."); }

TEST(Verdict, TestSetNoiseIsReportedSeparately) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.9, 0.9});
  for (RunRecord& run : runs) run.confusion[2] = {2, {4500, 500, 500, 4500}};
  const auto models = runs_by_model(synthetic_experiment({"a"}, 2), runs);
  EXPECT_EQ(
      test_set_sentence(models[0], {}),
      "The test accuracy of “a” is 90.00 % on average; because the test set has only 10,000 images, it is "
      "uncertain by ±0.59 points at most (95 %). More runs reduce only a part of this.");
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
