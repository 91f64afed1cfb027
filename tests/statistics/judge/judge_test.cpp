#include "engine/statistics/judge/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/error.h"
#include "engine/report/html/judgement_page.h"
#include "engine/report/text/judgement.h"
#include "engine/statistics/methods/estimate.h"
#include "engine/statistics/methods/holm.h"
#include "engine/statistics/methods/mean_differences.h"
#include "engine/statistics/methods/unpaired.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Scores with seeds 0, 1, ..., on a grid of 1 / 10,000, of models with these means.
class Runs {
 public:
  explicit Runs(std::uint64_t seed) : random_(seed) {}

  Runs& add(const std::string& model, int runs, double mean, double spread, const std::string& dataset = "") {
    std::normal_distribution<double> draw(mean, spread);
    for (int i = 0; i < runs; ++i) {
      Score& score = scores.runs.emplace_back();
      score.model = model;
      score.dataset = dataset;
      score.seed = std::to_string(i);
      score.value = std::round(draw(random_) * 1e4) / 1e4;
    }
    return *this;
  }

  Scores without_seeds() const {
    Scores bare = scores;
    bare.seeds = false;
    for (Score& score : bare.runs) score.seed.clear();
    return bare;
  }

  std::vector<double> values(const std::string& model) const {
    std::vector<double> found;
    for (const Score& score : scores.runs) {
      if (score.model == model && score.value) found.push_back(*score.value);
    }
    return found;
  }

  Scores scores = [] {
    Scores empty;
    empty.seeds = true;
    return empty;
  }();

 private:
  std::mt19937_64 random_;
};

std::vector<double> minus(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

const JudgeOptions kHigher = {};

JudgeOptions paired(Pairing pairing) {
  JudgeOptions options;
  options.pairing = pairing;
  return options;
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
  const std::vector<MeanDifference> study = judge_mean_differences(std::vector<PairedSample>{
      {minus(runs.values("a"), runs.values("b")), unit},
      {minus(runs.values("a"), runs.values("c")), unit},
      {minus(runs.values("b"), runs.values("c")), unit},
  });
  ASSERT_EQ(found.pairs.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(found.pairs[i].p, study[i].p) << i;
    EXPECT_EQ(found.pairs[i].p_holm, study[i].p_holm) << i;
    EXPECT_EQ(found.pairs[i].told, study[i].told) << i;
    EXPECT_EQ(found.pairs[i].interval, study[i].interval) << i;
    EXPECT_EQ(found.pairs[i].simultaneous, study[i].simultaneous) << i;
  }
  EXPECT_EQ(found.best, 1u);
}

/// The same runs, their scores times `factor` without the grid, and `answers` answers each.
Scores scaled(Scores scores, double factor, double answers = 0) {
  for (Score& score : scores.runs) {
    score.value = *score.value * factor;
    score.answers = answers;
  }
  return scores;
}

TEST(Judge, TheSizeOfScoresMakesNoDifference) {
  // Squared errors of 1e-7 are no multiples of 1e-6.
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
  // F1 scores of 50 answers are no multiples of 1 / 50.
  const Runs runs = Runs(15).add("a", 20, 0.700, 0.001).add("b", 20, 0.704, 0.001);
  const Scores f1 = scaled(runs.scores, 1, 50);
  EXPECT_LT(judge(f1, paired(Pairing::kNone)).datasets[0].pairs[0].p, 1e-6) << "seed 15";
  EXPECT_EQ(judge(f1, paired(Pairing::kNone)).datasets[0].pairs[0].p,
            judge(runs.scores, paired(Pairing::kNone)).datasets[0].pairs[0].p);
}

TEST(Judge, RoundedMeansOfDataSetsAreNoDifference) {
  // The same three scores in another order, on each of 7 data sets: means differ in the last bit.
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
  // The groupings of one pair take up to 6 MB. Together, those of 190 pairs would take 1 GB.
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

TEST(Judge, AModelThatFailsOftenIsNeverTheBest) {
  Runs runs = Runs(6).add("a", 20, 0.90, 0.001).add("b", 20, 0.95, 0.001);
  for (std::size_t i = 20; i < 30; ++i) runs.scores.runs[i].value.reset();
  const Judgements found = judge(runs.scores, kHigher);
  EXPECT_EQ(found.datasets[0].best, 0u);
  EXPECT_EQ(found.datasets[0].models[1].failed, 10);
  EXPECT_EQ(found.datasets[0].pairs[0].n_a, 10) << "seeds where both finished";
  EXPECT_THAT(judgement_text({"s.csv", "acc", true}, found),
              testing::AllOf(HasSubstr("10 of its 20 runs failed: it is not chosen"),
                             HasSubstr("not chosen: failed")));
}

TEST(Judge, AModelThatLeadsOnEqualSeedsIsSaidToBeBetterThanTheBestMean) {
  Runs runs = Runs(14).add("a", 20, 0.90, 0.0001).add("b", 20, 0.9097, 0.0001).add("c", 20, 0.7, 0.001);
  for (Score& score : runs.scores.runs) {
    if (score.seed != "0" && score.seed != "1") continue;
    if (score.model == "a") {
      score.value.reset();
    } else {
      *score.value -= 0.3;
    }
  }
  const Judgements found = judge(runs.scores, kHigher);
  ASSERT_EQ(found.datasets[0].best, 0u);
  ASSERT_TRUE(found.datasets[0].pairs[0].told);
  const std::string text = judgement_text({"s.csv", "acc", true}, found);
  EXPECT_THAT(text,
              HasSubstr("“a” has the best mean, but on the seeds that both finished, “b” is better than "
                        "“a” by 0.009"));
  EXPECT_THAT(text, HasSubstr("“a” is better than “c”."));
  EXPECT_THAT(text, HasSubstr("better than the best mean"));
  EXPECT_THAT(text, Not(HasSubstr("not told")));

  std::erase_if(runs.scores.runs, [](const Score& score) { return score.model == "c"; });
  const Judgements two = judge(runs.scores, kHigher);
  EXPECT_THAT(judgement_sentences(two.datasets[0], two.family, true),
              testing::StartsWith("On the seeds that both finished, “b” is better than “a” by 0.0"));
}

TEST(Judge, AModelThatFailsOftenIsSaidToBeBetter) {
  Runs runs = Runs(15).add("a", 20, 0.90, 0.001).add("b", 20, 0.95, 0.001).add("c", 20, 0.90, 0.001);
  for (std::size_t i = 20; i < 24; ++i) runs.scores.runs[i].value.reset();
  for (const bool seeds : {true, false}) {
    const Judgements found = judge(seeds ? runs.scores : runs.without_seeds(), kHigher);
    ASSERT_NE(found.datasets[0].best, 1u);
    const std::string text = judgement_sentences(found.datasets[0], found.family, true);
    EXPECT_THAT(text, HasSubstr("has the best mean of those that may be chosen, but "));
    EXPECT_THAT(text, HasSubstr(seeds ? "on the seeds that both finished, “b” is better than "
                                      : "by the runs that finished, “b” is better than "));
    EXPECT_THAT(text, Not(testing::ContainsRegex("not told from[^.]*“b”")));
    EXPECT_THAT(text, HasSubstr("“b” has a better mean, but 4 of its 20 runs failed: it is not chosen."));
  }
}

TEST(Judge, AModelThatFailsOftenIsNotTheBestOnOtherDataSets) {
  Runs runs(16);
  for (int i = 0; i < 7; ++i) {
    const std::string dataset = "d" + std::to_string(i);
    runs.add("a", 10, 0.90, 0.001, dataset).add("b", 10, 0.95, 0.001, dataset);
  }
  for (Score& score : runs.scores.runs) {
    if (score.model == "b" && score.seed < "5") score.value.reset();
  }
  const Judgements found = judge(runs.scores, kHigher);
  ASSERT_TRUE(found.other_data);
  EXPECT_EQ(found.other_data->best, 0u);
  EXPECT_EQ(found.other_data->models[1].failed, 35);
  EXPECT_EQ(found.other_data->models[1].all, 70);
  EXPECT_EQ(found.other_data->models[1].runs, 7) << "data sets";
  EXPECT_THAT(judgement_sentences(*found.other_data, 1, true),
              testing::AllOf(HasSubstr("On these data sets, “b” is better than “a”"),
                             HasSubstr("35 of its 70 runs failed: it is not chosen.")));
  EXPECT_THAT(judgement_text({"s.csv", "acc", true}, found), HasSubstr("35 of 70 (up to 6"));
}

TEST(Judge, TooFewRunsAreSaidWhateverTheScores) {
  const Runs runs = Runs(7).add("a", 3, 0.5, 0.001).add("b", 3, 0.9, 0.001);
  const std::string text = judgement_text({"s.csv", "acc", true}, judge(runs.scores, kHigher));
  EXPECT_THAT(text, HasSubstr("3 runs of each cannot tell 2 models apart, whatever the scores: it takes 4."));
  EXPECT_THAT(text, Not(HasSubstr("is better than")));
  EXPECT_THAT(text, HasSubstr("0 (up to 63 %)")) << "1 - 0.05^(1/3)";
}

TEST(Judge, TooFewRunsOfOneModelAreSaid) {
  const auto verdict = [](const Scores& scores, const JudgeOptions& options = {}) {
    const Judgements found = judge(scores, options);
    return judgement_sentences(found.datasets[0], found.family, true);
  };
  Runs runs = Runs(17).add("a", 4, 0.5, 0.001).add("b", 2, 0.9, 0.001);
  EXPECT_EQ(verdict(runs.scores),
            "2 and 4 runs cannot tell 2 models apart, whatever the scores: it takes 4 of each.");
  EXPECT_EQ(verdict(runs.scores, paired(Pairing::kSeed)),
            "2 seeds cannot tell 2 models apart, whatever the scores: it takes 6.");
  for (std::size_t i = 4; i < 6; ++i) runs.scores.runs[i].seed += "0";
  runs.scores.runs[4].seed = "100";
  EXPECT_EQ(verdict(runs.scores, paired(Pairing::kSeed)),
            "No two models finished a run on the same seed, so none is compared.");
  for (std::size_t i = 4; i < 6; ++i) runs.scores.runs[i].value.reset();
  EXPECT_EQ(verdict(runs.scores), "No two models have finished runs, so none is compared.");
}

TEST(Judge, EqualMeansAreSaidToBeEqual) {
  Runs runs = Runs(18).add("a", 12, 0.9, 0.001);
  for (std::size_t i = 0; i < 12; ++i) {
    runs.scores.runs[i].value = 0.5 + 0.001 * static_cast<double>(i);
    Score other = runs.scores.runs[i];
    other.model = "b";
    other.value = 0.5 + 0.001 * static_cast<double>(11 - i);
    runs.scores.runs.push_back(other);
  }
  const Judgements found = judge(runs.scores, kHigher);
  EXPECT_THAT(judgement_sentences(found.datasets[0], 1, true), HasSubstr("is better: their means are equal"));
}

TEST(Judge, WordsFollowTheIntervals) {
  const auto sentences = [](const Judgements& found, bool higher) {
    return judgement_sentences(found.datasets[0], found.family, higher);
  };
  JudgeOptions lower;
  lower.higher_is_better = false;
  const Runs apart = Runs(8).add("a", 12, 0.90, 0.001).add("b", 12, 0.95, 0.001);
  EXPECT_THAT(sentences(judge(apart.scores, kHigher), true),
              testing::StartsWith("“b” is better than “a” by 0.0"));
  EXPECT_THAT(sentences(judge(apart.scores, lower), false),
              testing::StartsWith("“a” is better than “b” by 0.0"));
  const Runs three = Runs(8).add("a", 12, 0.90, 0.001).add("b", 12, 0.95, 0.001).add("c", 12, 0.8, 0.001);
  EXPECT_THAT(sentences(judge(three.scores, kHigher), true),
              testing::StartsWith("“b” is better than both others. Closest: "));
  const Runs close = Runs(9).add("a", 12, 0.90, 0.001).add("b", 12, 0.90, 0.001);
  EXPECT_THAT(sentences(judge(close.scores, kHigher), true),
              testing::AllOf(HasSubstr("do not say which of"), Not(HasSubstr("is better than"))));
  const Runs many = Runs(10).add("a", 12, 0.90, 0.001).add("b", 12, 0.95, 0.001).add("c", 12, 0.9501, 0.001);
  EXPECT_THAT(sentences(judge(many.scores, kHigher), true),
              testing::AllOf(HasSubstr("has the best mean, but is not told from"),
                             HasSubstr("It is better than “a”.")));
}

TEST(Judge, JsonSaysTheSame) {
  const Runs runs = Runs(11).add("a", 12, 0.90, 0.001).add("b", 3, 0.95, 0.001);
  const Judgements found = judge(runs.scores, kHigher);
  const auto json = judgement_json({"s.csv", "acc", true}, found);
  const auto& pair = json.at("datasets").at(0).at("pairs").at(0);
  EXPECT_EQ(pair.at("told").get<bool>(), found.datasets[0].pairs[0].told);
  EXPECT_EQ(pair.at("p_holm").get<double>(), found.datasets[0].pairs[0].p_holm);
  EXPECT_EQ(pair.at("interval").at(0).get<double>(), found.datasets[0].pairs[0].interval->low);
  EXPECT_EQ(json.at("datasets").at(0).at("rule"), "unpaired");
}

TEST(Judge, ThePageEscapesNamesAndRunsNoScript) {
  const Runs runs = Runs(12).add("<script>a", 12, 0.90, 0.001).add("b & c", 12, 0.95, 0.001);
  const std::string page = judgement_page({"dir/<s>.csv", "acc", true}, judge(runs.scores, kHigher));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, HasSubstr("“b &amp; c” is better than “&lt;script&gt;a” by 0.0"));
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, HasSubstr("&lt;s&gt;.csv"));
}

TEST(Judge, ThePageSaysWhatItLeavesOut) {
  const JudgedTable table = {"s.csv", "acc", true};
  Runs many(19);
  for (int i = 0; i < 33; ++i) many.add("m" + std::to_string(i), 2, 0.9, 0.001);
  EXPECT_THAT(judgement_page(table, judge(many.scores, kHigher)), HasSubstr("Only pairs with the best mean"));
  Runs two(20);
  for (const char* dataset : {"x", "y"})
    two.add("a", 4, 0.9, 0.001, dataset).add("b", 4, 0.9, 0.001, dataset);
  const std::string page = judgement_page(table, judge(two.scores, kHigher));
  EXPECT_THAT(page, HasSubstr("Nothing is said about other data sets: that takes 6 of them"));
  EXPECT_THAT(page, Not(HasSubstr("Only pairs with")));
}

TEST(Judge, ThePageShowsTheVerdictFirstAndFitsNarrowScreens) {
  const std::string name = "ä-model-with-a-name-of-many-more-letters";
  const Runs runs = Runs(21).add(name, 12, 0.90, 0.001).add("b", 12, 0.95, 0.001);
  const std::string page = judgement_page({"s.csv", "acc", true}, judge(runs.scores, kHigher));
  EXPECT_THAT(page, HasSubstr("</th><td>best mean</td><td>0.9"));
  EXPECT_THAT(page, HasSubstr("</th><td>told</td><td>−0.0"));
  EXPECT_THAT(page, HasSubstr(">over ä-model-with-a-name…</text>"));
  EXPECT_THAT(page, HasSubstr("@media (max-width: 480px) { .leads text { font-size: 30px; } }"));
}

TEST(Judge, ThePageOfTooFewRunsHasNoPicture) {
  const Runs runs = Runs(13).add("a", 3, 0.5, 0.001).add("b", 3, 0.9, 0.001);
  const std::string page = judgement_page({"s.csv", "acc", true}, judge(runs.scores, kHigher));
  EXPECT_THAT(page, Not(HasSubstr("<svg")));
  EXPECT_THAT(page, HasSubstr("any value"));
}

}  // namespace
}  // namespace gpu_sweep
