#include "engine/statistics/judge/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "engine/statistics/methods/estimate.h"
#include "engine/statistics/methods/holm.h"
#include "engine/statistics/methods/pair_tests.h"
#include "engine/statistics/methods/unpaired.h"
#include "gpu_sweep/error.h"
#include "tests/statistics/judge/judged_runs.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;

std::vector<double> minus(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

std::string usage_error(const Scores& scores, const JudgeOptions& options) {
  try {
    judge(scores, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

TEST(Judge, PairedVerdictIsThatOfAStudy) {
  const Runs runs = Runs(1).add("a", 20, 0.900, 0.002).add("b", 20, 0.902, 0.002).add("c", 20, 0.9001, 0.002);
  const Judgement found = judge(runs.scores, kHigher).datasets.at(0);
  EXPECT_EQ(found.rule, JudgeRule::kPaired);
  const double unit = 1e-4;
  const std::vector<PairTest> tests = {
      test_paired(minus(runs.values("a"), runs.values("b")), unit),
      test_paired(minus(runs.values("a"), runs.values("c")), unit),
      test_paired(minus(runs.values("b"), runs.values("c")), unit),
  };
  const std::vector<PairDecision> study = decide_pairs(tests);
  ASSERT_EQ(found.pairs.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(found.pairs[i].p, tests[i].p) << i;
    EXPECT_EQ(found.pairs[i].p_holm, study[i].p_holm) << i;
    EXPECT_EQ(found.pairs[i].told, study[i].told) << i;
    EXPECT_EQ(found.pairs[i].interval, study[i].interval) << i;
    EXPECT_EQ(found.pairs[i].simultaneous, study[i].simultaneous) << i;
  }
  EXPECT_EQ(found.best, 1u);
}

/// Returns `scores` with each score multiplied by `factor` and with `answers` as the number of answers behind
/// it.
Scores scaled(Scores scores, double factor, double answers = 0) {
  for (Score& score : scores.runs) {
    score.value = *score.value * factor;
    score.answers = answers;
  }
  return scores;
}

TEST(Judge, TheSizeOfScoresMakesNoDifference) {
  // Squared errors of about 1e-7 are not multiples of 1e-6.
  const Runs runs = Runs(14).add("a", 10, 0.5, 0.01).add("b", 10, 0.2, 0.01).add("c", 10, 0.201, 0.01);
  for (const auto pairing : {Pairing::kSeed, Pairing::kNone}) {
    const Judgement expected = judge(runs.scores, paired(pairing)).datasets[0];
    for (const double factor : {1e-6, 1e-9, 1e-90, 1e9, 1e90}) {
      const Judgement found = judge(scaled(runs.scores, factor), paired(pairing)).datasets[0];
      for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(found.pairs[i].p, expected.pairs[i].p, 1e-3 * expected.pairs[i].p) << factor << " " << i;
        EXPECT_EQ(found.pairs[i].told, expected.pairs[i].told) << factor << " " << i;
        ASSERT_TRUE(found.pairs[i].interval);
        EXPECT_NEAR(found.pairs[i].interval->low / factor, expected.pairs[i].interval->low, 1e-3) << factor;
        EXPECT_LE(found.pairs[i].interval->low, found.pairs[i].difference) << factor;
        EXPECT_GE(found.pairs[i].interval->high, found.pairs[i].difference) << factor;
      }
    }
    EXPECT_TRUE(expected.pairs[0].told);
    EXPECT_FALSE(expected.pairs[2].told);
  }
}

TEST(Judge, AnswersAreTheStepOfSharesOnly) {
  // F1 scores of 50 answers are not multiples of 1 / 50.
  const Runs runs = Runs(15).add("a", 20, 0.700, 0.001).add("b", 20, 0.704, 0.001);
  const Scores f1 = scaled(runs.scores, 1, 50);
  EXPECT_LT(judge(f1, paired(Pairing::kNone)).datasets[0].pairs[0].p, 1e-6) << "seed 15";
  EXPECT_EQ(judge(f1, paired(Pairing::kNone)).datasets[0].pairs[0].p,
            judge(runs.scores, paired(Pairing::kNone)).datasets[0].pairs[0].p);
}

TEST(Judge, RoundedMeansOfDataSetsAreNoDifference) {
  // On each of 7 data sets, the two models have the same three scores in opposite orders, so that their means
  // differ in the last bit.
  Scores scores;
  scores.seeds = true;
  for (int dataset = 0; dataset < 7; ++dataset) {
    const auto add = [&](const std::string& model, std::initializer_list<double> values) {
      int seed = 0;
      for (const double value : values) {
        scores.runs.push_back({model, std::to_string(dataset), std::to_string(seed++), "", value, 0});
      }
    };
    add("a", {0.1, 0.2, 0.3});
    add("b", {0.3, 0.2, 0.1});
  }
  const Judgements found = judge(scores, kHigher);
  ASSERT_NE(found.datasets[0].models[0].mean, found.datasets[0].models[1].mean);
  ASSERT_TRUE(found.other_data);
  EXPECT_EQ(found.other_data->pairs[0].p, 1);
}

TEST(Judge, MemoryDoesNotGrowWithThePairs) {
  // The groupings of one pair of models take up to 6 MB. For 190 pairs together, they would take 1 GB.
  Runs runs(16);
  for (int model = 0; model < 20; ++model)
    runs.add("m" + std::to_string(model), model < 3 ? 9 : 10, 0.9, 0.002);
  const auto peak_mb = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
  };
  const long before = peak_mb();
  const Judgement found = judge(runs.without_seeds(), kHigher).datasets[0];
  EXPECT_EQ(found.pairs.size(), 190u);
  EXPECT_LT(peak_mb() - before, 600) << "seed 16; sanitizers keep 256 MB of freed memory";
}

TEST(Judge, RowsWithoutSeedsAreNeverPaired) {
  const Runs runs = Runs(2).add("a", 20, 0.9, 0.002).add("b", 20, 0.9, 0.002);
  const Judgement found = judge(runs.without_seeds(), kHigher).datasets.at(0);
  EXPECT_EQ(found.rule, JudgeRule::kUnpaired);
  UnpairedOptions options;
  options.unit = 1e-4;
  EXPECT_EQ(found.pairs[0].p, UnpairedTest(runs.values("a"), runs.values("b"), options).p());
  EXPECT_THAT(usage_error(runs.without_seeds(), paired(Pairing::kSeed)),
              HasSubstr("--pairing: found 'seed'"));
}

TEST(Judge, PairingIsChosenByTheSeedsNotByTheScores) {
  Runs few = Runs(3).add("a", 5, 0.9, 0.001).add("b", 5, 0.95, 0.001);
  EXPECT_EQ(judge(few.scores, kHigher).datasets[0].rule, JudgeRule::kUnpaired) << "6 seeds at least";
  EXPECT_EQ(judge(few.scores, kHigher).datasets[0].reason,
            "not paired: 5 seeds are fewer than the 6 that pairing needs");
  EXPECT_EQ(judge(few.scores, paired(Pairing::kSeed)).datasets[0].rule, JudgeRule::kPaired);
  Runs others = Runs(3).add("a", 9, 0.9, 0.001).add("b", 9, 0.95, 0.001);
  EXPECT_EQ(judge(others.scores, kHigher).datasets[0].rule, JudgeRule::kPaired);
  EXPECT_EQ(judge(others.scores, paired(Pairing::kNone)).datasets[0].rule, JudgeRule::kUnpaired);
  others.scores.runs.back().value.reset();
  EXPECT_EQ(judge(others.scores, kHigher).datasets[0].rule, JudgeRule::kPaired)
      << "a failed run has its seed";
  others.scores.runs.back().seed = "100";
  EXPECT_EQ(judge(others.scores, kHigher).datasets[0].rule, JudgeRule::kUnpaired);
}

TEST(Judge, FoldsUseTheCorrectedTest) {
  Runs runs = Runs(4).add("a", 10, 0.9, 0.01).add("b", 10, 0.91, 0.01);
  for (Score& score : runs.scores.runs) std::swap(score.seed, score.fold);
  runs.scores.seeds = false;
  runs.scores.resampling = Resampling::kFolds;
  const std::vector<double> differences = minus(runs.values("a"), runs.values("b"));
  EXPECT_NEAR(judge(runs.scores, kHigher).datasets[0].pairs[0].p,
              resampled_estimate(differences, 1.0 / 9).p(), 1e-12);

  runs.scores.resampling = Resampling::kSplits;
  EXPECT_THAT(usage_error(runs.scores, kHigher), HasSubstr("--test-share: missing"));
  JudgeOptions options;
  options.test_share = 0.2;
  EXPECT_NEAR(judge(runs.scores, options).datasets[0].pairs[0].p, resampled_estimate(differences, 0.25).p(),
              1e-12);
}

TEST(Judge, CorrectsOverAllDataSets) {
  Runs runs(5);
  for (int i = 0; i < 7; ++i) {
    const std::string dataset = "d" + std::to_string(i);
    runs.add("a", 10, 0.9 + 0.01 * i, 0.004, dataset).add("b", 10, 0.904 + 0.01 * i, 0.004, dataset);
  }
  const Judgements found = judge(runs.scores, kHigher);
  EXPECT_EQ(found.family, 7u);
  std::vector<double> p;
  for (const Judgement& each : found.datasets) p.push_back(each.pairs[0].p);
  const std::vector<double> adjusted = holm_adjusted(p);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(found.datasets[i].pairs[0].p_holm, adjusted[i]) << i;
  ASSERT_TRUE(found.other_data);
  EXPECT_EQ(found.other_data->pairs[0].n_a, 7) << "data sets, not runs";

  std::erase_if(runs.scores.runs, [](const Score& score) { return score.dataset >= "d5"; });
  EXPECT_FALSE(judge(runs.scores, kHigher).other_data) << "5 data sets say nothing about others";
}

TEST(Judge, SeedsBoughtUntilDecidedCountEveryLook) {
  Runs runs(3);
  runs.add("a", 16, 0.9, 0.002).add("b", 12, 0.901, 0.002);
  runs.scores.until_decided = true;
  const Judgement found = judge(runs.scores, kHigher).datasets[0];
  EXPECT_EQ(found.rule, JudgeRule::kPaired);
  EXPECT_TRUE(found.every_look);
  EXPECT_EQ(found.least, 10);
  std::vector<double> differences;
  for (std::size_t i = 0; i < 12; ++i) differences.push_back(runs.values("a")[i] - runs.values("b")[i]);
  EXPECT_EQ(found.pairs[0].p, test_anytime(differences, 1e-4).p) << "seeds in numeric order";
  EXPECT_NEAR(found.models[1].failed_upper, 1 - std::pow(20 * 13, -1.0 / 12), 1e-9);
  EXPECT_THROW(judge(runs.scores, paired(Pairing::kNone)), Error);
  Scores bare = runs.without_seeds();
  bare.until_decided = true;
  EXPECT_THROW(judge(bare, kHigher), Error);
}

}  // namespace
}  // namespace gpu_sweep
