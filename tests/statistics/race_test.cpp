// Which seeds a race buys (until_decided.h), and which models leave it.
#include "engine/statistics/race.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "engine/statistics/methods/distributions.h"
#include "gpu_sweep/error.h"
#include "tests/statistics/bought_study.h"
#include "tests/statistics/synthetic_runs.h"

namespace gpu_sweep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Models whose runs depend only on the model and the seed, as trained runs do.
class Race : public testing::Test {
 protected:
  Race() {
    experiment_ = synthetic_experiment({"a", "b", "c", "d"}, 30);
    experiment_.seed = 50;
    experiment_.analysis.until_decided = experiment_.analysis.race = true;
  }

  RunRecord train(std::size_t model, int seed) const {
    RunRecord run = drawn_run(experiment_, model, seed, means_[model], 0.003);
    if (diverging_.contains({model, seed})) run.diverged_epoch = 1;
    return run;
  }

  /// Trains all seeds that the race buys (bought_study.h).
  template <typename Next>
  std::vector<RunRecord> buy(const Next& next) const {
    return gpu_sweep::buy(
        experiment_, [&](std::size_t model, int seed) { return train(model, seed); }, next);
  }
  std::vector<RunRecord> buy_all() const {
    return buy([](const std::vector<RunRecord>& missing) { return missing.size(); });
  }

  Experiment experiment_;
  std::vector<double> means_ = {0.9, 0.9, 0.88, 0.8};
  std::set<std::pair<std::size_t, int>> diverging_;
};

TEST_F(Race, RoundsGrowByHalf) {
  EXPECT_EQ(race_first_round(3), 7);
  EXPECT_EQ(race_first_round(4), 5);
  EXPECT_EQ(race_first_round(200), 4);
  std::vector<int> rounds = {race_first_round(200)};
  while (rounds.back() < 90) rounds.push_back(race_next_round(rounds.back()));
  EXPECT_THAT(rounds, ElementsAre(4, 6, 9, 13, 19, 28, 42, 63, 94));
}

TEST_F(Race, LevelsAddUpToFivePercent) {
  double sum = 0;
  for (int look = 1; look < 2'000; ++look) {
    const double bound = race_bound(race_level(look), 5, 12);
    sum += 4 * student_t_two_sided(bound, 12) / 2;
  }
  EXPECT_NEAR(sum, 0.05, 1e-4);
  EXPECT_TRUE(std::isinf(race_bound(0.05, 5, 0)));
}

TEST_F(Race, PooledSpreadIsTheResidualOfModelsAndSeeds) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.50, 0.52, 0.57});  // residuals of models x seeds: 0 and +-0.01
  add_runs(runs, "b", {0.60, 0.64, 0.65});
  add_runs(runs, "c", {0.10, 0.90, 0.10});
  runs[7].diverged_epoch = 1;
  const auto models = runs_by_model(synthetic_experiment({"a", "b", "c"}, 3), runs);
  const PooledSpread found = pooled_spread(models, std::array{3});
  EXPECT_EQ(found.freedom, 2) << "“c” has a diverged run";
  // The differences b - a are 0.10, 0.12 and 0.08. Their variance (n - 1) is 4e-4, which is twice that of a
  // residual.
  EXPECT_NEAR(found.deviation, std::sqrt(4e-4 / 2), 1e-12);
  const PooledSpread rounds = pooled_spread(models, std::array{2, 3});
  EXPECT_EQ(rounds.freedom, 1) << "a round of one seed has no residuals";
  EXPECT_NEAR(rounds.deviation, std::sqrt(2e-4 / 2), 1e-12);
}

TEST_F(Race, ModelsThatAreBehindGetNoMoreSeeds) {
  const std::vector<RunRecord> runs = buy_all();
  const Purchase race = purchase_of(experiment_, runs);
  EXPECT_THAT(race.wanted, ElementsAre(22, 22, 5, 5)) << "the next look would be after 33";
  EXPECT_EQ(race.looks.size(), 5U);
  const Design design = race_design(experiment_, runs);
  EXPECT_THAT(design.sentence,
              AllOf(HasSubstr("Seeds were bought as a race by validation accuracy, at most 30 of each: 2 of "
                              "4 models left it after 5 seeds. 2 remain after 22 seeds. The model with the "
                              "highest mean validation accuracy is dropped in at most 5 % of such races"),
                    HasSubstr("points, of the models that raced until then).")));
  EXPECT_THAT(design.leavers, ElementsAre("left the race after 5 seeds: “c” and “d”"));
}

TEST_F(Race, KilledAtAnyMomentItBuysTheSameSeedsAndSaysTheSame) {
  means_ = {0.9, 0.898, 0.894, 0.89};
  const auto verdict = [&](std::vector<RunRecord> runs) {
    std::ranges::sort(runs, {}, [](const RunRecord& run) { return std::pair(run.model, run.seed); });
    std::string text = race_design(experiment_, runs).sentence;
    for (const RunRecord& run : runs) text += run.model + std::to_string(run.seed);
    return text;
  };
  const std::string calm = verdict(buy_all());
  std::mt19937 random(3);
  for (int kill = 0; kill < 20; ++kill) {
    ASSERT_EQ(verdict(buy([&](std::vector<RunRecord>& missing) {
                std::ranges::shuffle(missing, random);
                return 1 + random() % missing.size();
              })),
              calm);
  }
}

TEST_F(Race, AModelWhoseRunsDivergeNeverLeadsAndLeaves) {
  means_ = {0.99, 0.9, 0.9, 0.8};
  for (int seed = 0; seed < 30; ++seed) {
    if (seed != 2) diverging_.insert({0, seed});
  }
  const std::vector<RunRecord> runs = buy_all();
  const Purchase race = purchase_of(experiment_, runs);
  ASSERT_EQ(race.left.size(), 2U);
  EXPECT_EQ(race.left[0].model + race.left[1].model, 3U) << "the diverging model and the one at 0.8";
  EXPECT_EQ(race.looks.back().models, 2U);
  EXPECT_THAT(race_design(experiment_, runs).sentence,
              HasSubstr("1 model left because more than 10 % of its runs diverge."));
}

TEST_F(Race, AFewDivergedRunsAreNoReasonToLeave) {
  diverging_ = {{0, 1}};
  const Purchase race = purchase_of(experiment_, buy_all());
  EXPECT_EQ(race.looks.back().models, 2U);
}

TEST_F(Race, MoreRunsContinueIt) {
  experiment_.runs = 10;
  const std::vector<RunRecord> ten = buy_all();
  const Purchase before = purchase_of(experiment_, ten);
  EXPECT_THAT(before.wanted, ElementsAre(10, 10, 5, 5));
  experiment_.runs = 30;
  const Purchase after = purchase_of(experiment_, ten);
  EXPECT_FALSE(after.complete);
  EXPECT_EQ(after.left.size(), before.left.size());
}

TEST_F(Race, SoFewRunsDropNone) {
  experiment_.runs = 4;
  const std::vector<RunRecord> runs = buy_all();
  EXPECT_EQ(runs.size(), 16U);
  EXPECT_THAT(race_design(experiment_, runs).sentence, HasSubstr("So few cannot drop any: it takes 5."));
  EXPECT_THAT(what_to_expect(experiment_), HasSubstr("so few cannot drop any, whatever the scores"));
}

TEST_F(Race, AMissingRunStopsTheReplayThere) {
  std::vector<RunRecord> runs = buy_all();
  std::erase_if(runs, [](const RunRecord& run) { return run.model == "d" && run.seed == 51; });
  const Purchase race = purchase_of(experiment_, runs);
  EXPECT_FALSE(race.complete);
  EXPECT_TRUE(race.looks.empty());
  EXPECT_THAT(race_design(experiment_, runs).sentence,
              HasSubstr("this race is not finished: 1 of 20 runs bought so far is not here"));
}

TEST_F(Race, TakesThreeModels) {
  EXPECT_NO_THROW(check_until_decided(experiment_));
  experiment_.models.resize(2);
  EXPECT_THROW(check_until_decided(experiment_), Error);
}

}  // namespace
}  // namespace gpu_sweep
