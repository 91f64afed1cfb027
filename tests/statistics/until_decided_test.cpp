// Which seeds a study buys if it trains more seeds only for undecided models.
#include "engine/statistics/until_decided.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "engine/statistics/comparison.h"
#include "engine/statistics/wording.h"
#include "gpu_sweep/error.h"
#include "tests/statistics/bought_study.h"
#include "tests/statistics/synthetic_runs.h"

namespace gpu_sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Models whose runs depend only on the model and the seed, as trained runs do.
struct Laboratory {
  Experiment experiment;
  std::map<std::string, double> means;
  double spread = 0.003;
  int diverging = 0;  ///< how many of ten runs of the model "failing" diverge

  explicit Laboratory(const std::map<std::string, double>& models, int runs) : means(models) {
    std::vector<std::string> names;
    for (const auto& [name, mean] : models) names.push_back(name);
    experiment = synthetic_experiment(names, runs);
    experiment.seed = 100;
    experiment.analysis.until_decided = true;
  }

  RunRecord train(std::size_t model, int seed) const {
    const std::string& name = experiment.models[model].name;
    RunRecord run = drawn_run(experiment, model, seed, means.at(name), spread);
    if (name == "failing" && seed % 10 >= 10 - diverging) run.diverged_epoch = 1;
    return run;
  }

  /// Trains all seeds that the study buys (bought_study.h).
  template <typename Next>
  std::vector<RunRecord> buy(const Next& next) const {
    return gpu_sweep::buy(
        experiment, [&](std::size_t model, int seed) { return train(model, seed); }, next);
  }

  std::vector<RunRecord> buy_all() const {
    return buy([](const std::vector<RunRecord>& missing) { return missing.size(); });
  }
};

std::set<std::pair<std::string, std::uint64_t>> names_of(const std::vector<RunRecord>& runs) {
  std::set<std::pair<std::string, std::uint64_t>> names;
  for (const RunRecord& run : runs) names.insert({run.model, run.seed});
  return names;
}

TEST(UntilDecided, RoundsGrowByAnEighth) {
  EXPECT_EQ(first_round(synthetic_experiment({"a", "b"}, 100)), 10);
  EXPECT_EQ(first_round(synthetic_experiment({"a", "b", "c", "d", "e"}, 100)), 15);
  EXPECT_EQ(first_round(synthetic_experiment({"a", "b"}, 4)), 4);
  std::vector<int> rounds = {10};
  while (rounds.back() < 30) rounds.push_back(next_round(rounds.back()));
  EXPECT_THAT(rounds, ElementsAre(10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 27, 30));
}

TEST(UntilDecided, SeedsGoToModelsThatAnUndecidedPairNeeds) {
  const Laboratory laboratory({{"best", 0.93}, {"equal", 0.9}, {"twin", 0.9}}, 60);
  const std::vector<RunRecord> runs = laboratory.buy_all();
  std::map<std::string, int> bought;
  for (const RunRecord& run : runs) ++bought[run.model];
  EXPECT_LT(bought["best"], 20);
  EXPECT_EQ(bought["equal"], 60);
  EXPECT_EQ(bought["twin"], 60);
  const Purchase purchase = purchase_of(laboratory.experiment, runs);
  EXPECT_EQ(purchase.looks.back().seeds, 60);
  EXPECT_EQ(purchase.undecided(3), 1u);
  EXPECT_THAT(design_of({laboratory.experiment, {}, 0}, runs).sentence,
              HasSubstr("at most 60 of each: 1 of 3 pairs was undecided after 60 seeds."));
}

TEST(UntilDecided, StopsWhenAllPairsAreDecided) {
  const Laboratory laboratory({{"a", 0.9}, {"b", 0.91}, {"c", 0.93}}, 100);
  const std::vector<RunRecord> runs = laboratory.buy_all();
  EXPECT_LT(runs.size(), 90u);
  const auto models = runs_by_model(laboratory.experiment, runs);
  for (const Comparison& each : compare_models(models, kValidationAccuracy, {}, Looks::kAfterEach)) {
    EXPECT_TRUE(each.told) << each.a << each.b;
    EXPECT_FALSE(each.wilcoxon) << "a test for a number of runs fixed beforehand";
  }
  EXPECT_THAT(design_of({laboratory.experiment, {}, 0}, runs).sentence,
              HasSubstr("all pairs were decided after"));
}

TEST(UntilDecided, APairThatIsTheSameLeavesToo) {
  Laboratory laboratory({{"a", 0.9}, {"b", 0.9}}, 300);
  laboratory.experiment.analysis.smallest_difference = 0.3;
  const std::vector<RunRecord> runs = laboratory.buy_all();
  EXPECT_LT(runs.size(), 300u);
  const auto pairs = compare_models(runs_by_model(laboratory.experiment, runs), kValidationAccuracy, 0.003,
                                    Looks::kAfterEach);
  EXPECT_TRUE(pairs.front().same());
  EXPECT_FALSE(pairs.front().told);
}

TEST(UntilDecided, TestRowsDecideWhereValidationRowsChoseEpochs) {
  Laboratory laboratory({{"a", 0.9}, {"b", 0.93}}, 40);
  std::vector<RunRecord> runs = laboratory.buy_all();
  EXPECT_EQ(purchase_of(laboratory.experiment, runs).undecided(1), 0u);
  for (RunRecord& run : runs) {
    if (run.model == "a") run.final[2].accuracy += 0.03;  // makes the models equal on the test rows
  }
  EXPECT_EQ(purchase_of(laboratory.experiment, runs).undecided(1), 0u);
  laboratory.experiment.models[0].early_stopping.monitor = Monitor::kValidationLoss;
  EXPECT_EQ(purchase_of(laboratory.experiment, runs).looks.front().undecided, 1u);
}

TEST(UntilDecided, NoSeedsForAModelThatOftenDiverges) {
  Laboratory laboratory({{"a", 0.9}, {"failing", 0.9}}, 100);
  laboratory.diverging = 4;
  const std::vector<RunRecord> runs = laboratory.buy_all();
  EXPECT_EQ(runs.size(), 20u);
  EXPECT_EQ(purchase_of(laboratory.experiment, runs).undecided(1), 1u);
  EXPECT_THAT(design_of({laboratory.experiment, {}, 0}, runs).sentence,
              HasSubstr("the pair was undecided after 10 seeds; no more were bought for “failing”, of which "
                        "more than 10 % of the runs diverged."));
  laboratory.diverging = 1;
  EXPECT_EQ(laboratory.buy_all().size(), 200u);
}

TEST(UntilDecided, KilledAtAnyMomentItBuysTheSameSeedsAndSaysTheSame) {
  const Laboratory laboratory({{"a", 0.9}, {"b", 0.9015}, {"c", 0.93}, {"d", 0.902}}, 40);
  const std::vector<RunRecord> calm = laboratory.buy_all();
  const auto verdict = [&](std::vector<RunRecord> runs) {
    std::ranges::sort(runs, {}, [](const RunRecord& run) { return std::pair(run.model, run.seed); });
    std::string text = design_of({laboratory.experiment, {}, 0}, runs).sentence;
    for (const Comparison& each : compare_models(runs_by_model(laboratory.experiment, runs),
                                                 kValidationAccuracy, {}, Looks::kAfterEach)) {
      text += " " + std::to_string(each.p_holm);
    }
    return text;
  };
  std::mt19937 random(3);
  for (int kill = 0; kill < 20; ++kill) {
    const std::vector<RunRecord> killed = laboratory.buy([&](std::vector<RunRecord>& missing) {
      std::ranges::shuffle(missing, random);
      return 1 + random() % missing.size();
    });
    ASSERT_EQ(names_of(killed), names_of(calm));
    ASSERT_EQ(verdict(killed), verdict(calm));
  }
}

TEST(UntilDecided, RunsOfAnotherCommandTakeNoPartInTheChoiceOfSeeds) {
  const Laboratory laboratory({{"a", 0.9}, {"b", 0.902}}, 60);
  const std::vector<RunRecord> runs = laboratory.buy_all();
  std::vector<RunRecord> more = runs;
  for (int seed = 0; seed < 60; ++seed) {
    RunRecord run = laboratory.train(0, seed);
    if (!names_of(runs).contains({run.model, run.seed})) more.push_back(std::move(run));
  }
  ASSERT_GT(more.size(), runs.size());
  EXPECT_EQ(purchase_of(laboratory.experiment, more).wanted, purchase_of(laboratory.experiment, runs).wanted);
}

TEST(UntilDecided, AMissingRunStopsTheReplayThere) {
  const Laboratory laboratory({{"a", 0.9}, {"b", 0.9}}, 20);
  std::vector<RunRecord> runs = laboratory.buy_all();
  std::erase_if(runs, [](const RunRecord& run) { return run.seed == 112; });
  const Purchase purchase = purchase_of(laboratory.experiment, runs);
  EXPECT_FALSE(purchase.complete);
  EXPECT_THAT(purchase.wanted, ElementsAre(13, 13));
  EXPECT_EQ(purchase.looks.back().seeds, 12);
  EXPECT_THAT(design_of({laboratory.experiment, {}, 0}, runs).sentence,
              HasSubstr("this study is not finished"));
}

TEST(UntilDecided, ADamagedStudySaysWhatItsVerdictSays) {
  const Laboratory laboratory({{"a", 0.9}, {"b", 0.91}, {"c", 0.93}}, 40);
  std::vector<RunRecord> runs = laboratory.buy_all();
  std::erase_if(runs, [](const RunRecord& run) { return run.seed == 101 && run.model == "a"; });
  for (const Comparison& each : compare_models(runs_by_model(laboratory.experiment, runs),
                                               kValidationAccuracy, {}, Looks::kAfterEach)) {
    EXPECT_TRUE(each.told);
  }
  const Design design = design_of({laboratory.experiment, {}, 0}, runs);
  EXPECT_EQ(design.undecided, 0u);
  EXPECT_EQ(design.missing, 1);
  EXPECT_THAT(design.sentence,
              HasSubstr("this study is not finished: 1 of 36 runs bought so far is not here, "
                        "and by those that are every pair is decided."));
}

TEST(ExtendedStudy, SaysSoWithTheHonestP) {
  Laboratory laboratory({{"a", 0.9}, {"b", 0.904}}, 16);
  std::vector<RunRecord> runs;
  for (int seed = 0; seed < 16; ++seed) {
    for (std::size_t model : {0, 1}) runs.push_back(laboratory.train(model, seed));
  }
  laboratory.experiment.analysis.until_decided = false;
  EXPECT_EQ(design_of({laboratory.experiment, {}, 0}, runs).sentence, "");
  laboratory.experiment.analysis.looks = {8};
  EXPECT_EQ(looks_of(laboratory.experiment.analysis), Looks::kAfterEach);
  const auto models = runs_by_model(laboratory.experiment, runs);
  const double counting = compare_models(models, kValidationAccuracy, {}, Looks::kAfterEach)[0].p;
  const double planned = compare_models(models, kValidationAccuracy)[0].p;
  EXPECT_GT(counting, planned);
  const Design design = design_of({laboratory.experiment, {}, 0}, runs);
  EXPECT_EQ(design.opening, "This study was extended from 8 to 16 runs after a look; counting every look, " +
                                p_value(counting) + " (as if planned, " + p_value(planned) + ")");
  EXPECT_EQ(
      design.terms,
      "p and intervals count a look after every seed, and hold for differences that are symmetric about "
      "their mean.");
  EXPECT_EQ(design.sentence, design.opening + ". " + design.terms);
  EXPECT_EQ(design.beside_verdict(), design.terms);
}

TEST(ExtendedStudy, OfSeveralPairsOrWithoutARunHasNoSinglePairToCompleteTheSentence) {
  Laboratory laboratory({{"a", 0.9}, {"b", 0.904}, {"c", 0.89}}, 16);
  std::vector<RunRecord> runs;
  for (int seed = 0; seed < 16; ++seed) {
    for (std::size_t model : {0, 1, 2}) runs.push_back(laboratory.train(model, seed));
  }
  laboratory.experiment.analysis.until_decided = false;
  laboratory.experiment.analysis.looks = {8};
  const Design three = design_of({laboratory.experiment, {}, 0}, runs);
  EXPECT_EQ(three.opening, "");
  EXPECT_EQ(three.beside_verdict(), three.sentence);
  laboratory.experiment.models.pop_back();
  std::erase_if(runs, [](const RunRecord& run) { return run.model != "a"; });
  EXPECT_EQ(design_of({laboratory.experiment, {}, 0}, runs).opening, "");
}

TEST(UntilDecided, SaysWhatItMayCost) {
  EXPECT_EQ(
      what_it_may_cost(synthetic_experiment({"a", "b"}, 100)),
      "at most 100 runs of each of 2 models, until every pair is decided: the first look is after 10 runs");
  EXPECT_THAT(what_it_may_cost(synthetic_experiment({"a", "b"}, 9)),
              HasSubstr("so few cannot tell any two apart, whatever the scores: it takes 10"));
  EXPECT_THROW(check_until_decided(synthetic_experiment({"a"}, 9)), Error);
}

}  // namespace
}  // namespace gpu_sweep
