// Claims about new images, which are based on the right and wrong answers on the test images.
#include "engine/statistics/new_images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/verdict.h"
#include "tests/statistics/bought_study.h"
#include "tests/statistics/synthetic_runs.h"

namespace gpu_sweep {
namespace {

using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;

constexpr int kImages = 2'000;

/// Simulated runs and their answers on test images. Each image has a hardness. The answers depend only on the
/// model and the seed.
class Answering {
 public:
  std::vector<std::uint8_t> labels = std::vector<std::uint8_t>(kImages, 1);

  /// How well a model answers. The model is wrong on image j with probability error * 2 * hardness of the
  /// image, where the mean hardness is 1 / 2. It is always wrong on `missed` images, beginning with image
  /// `first`.
  struct Skill {
    double error = 0.1;
    int first = 0;
    int missed = 0;
  };

  static RunRecord run(const std::string& name, std::uint64_t seed, const Skill& skill) {
    std::mt19937_64 random(1'000 * seed + static_cast<std::uint64_t>(name.front()));
    std::uniform_real_distribution<double> uniform;
    RunRecord run = synthetic_run(name, seed, 0);
    int right = 0;
    for (int j = 0; j < kImages; ++j) {
      const double hardness = std::fmod(0.6180339887 * j, 1.0);
      const bool is_missed = j >= skill.first && j < skill.first + skill.missed;
      const bool is_right = !is_missed && uniform(random) > skill.error * 2 * hardness;
      run.test_predictions.push_back(is_right ? 1 : 0);
      right += is_right ? 1 : 0;
    }
    for (const Split split : {Split::kValidation, Split::kTest}) {
      run.final[index_of(split)].accuracy = static_cast<double>(right) / kImages;
      run.confusion[index_of(split)] = {
          2, {0, 0, static_cast<std::uint32_t>(kImages - right), static_cast<std::uint32_t>(right)}};
    }
    return run;
  }

  std::string verdict(const std::map<std::string, Skill>& models, int seeds, bool with_labels = true) {
    std::vector<std::string> names;
    runs_.clear();
    for (const auto& [name, skill] : models) {
      names.push_back(name);
      for (int seed = 0; seed < seeds; ++seed) {
        runs_.push_back(run(name, static_cast<std::uint64_t>(seed), skill));
      }
    }
    const auto found = runs_by_model(synthetic_experiment(names, seeds), runs_);
    pairs = compare_models(found, kValidationAccuracy);
    std::vector<Comparison> on_test = compare_models(found, kTestAccuracy);
    if (with_labels) judge_on_new_images(on_test, pairs, TestAnswers(found, labels), 1);
    return difference_sentence(found, pairs);
  }

  std::vector<Comparison> pairs;  ///< the comparisons of the last verdict

 private:
  std::vector<RunRecord> runs_;
};

TEST(NewImages, ADifferenceBeyondTheErrorOfTheImagesIsClaimed) {
  Answering answering;
  const std::string text = answering.verdict({{"a", {0.05}}, {"b", {0.2}}}, 10);
  EXPECT_THAT(text, HasSubstr("“a” is better than “b” on these images by "));
  EXPECT_THAT(
      text, ContainsRegex("On new images, too, “a” is better than “b”, by [0-9.]+ points of test accuracy"));
  EXPECT_THAT(text, EndsWith("; 2,000 test images)."));
  EXPECT_TRUE(answering.pairs.front().new_images->told);
  EXPECT_FALSE(answering.pairs.front().new_images->analysis.images_limit(0.05));
}

TEST(NewImages, TheClaimIsAtBonferronisLevelOverPairsAndLooks) {
  Answering answering;
  answering.verdict({{"a", {0.05}}, {"b", {0.2}}, {"c", {0.2}}}, 10);
  const NewImages& found = answering.pairs.front().new_images.value();
  EXPECT_DOUBLE_EQ(found.level, 0.05 / 3);
  EXPECT_EQ(found.simultaneous, found.analysis.on_new_images.interval(0.05 / 3));
  EXPECT_DOUBLE_EQ(new_images_level(3, 4), 0.05 / 12);
}

TEST(NewImages, NothingIsToldOfAPairThatTheJudgingRowsDoNotTell) {
  std::vector<RunRecord> runs;
  for (int seed = 0; seed < 10; ++seed) {
    runs.push_back(Answering::run("a", static_cast<std::uint64_t>(seed), {0.05}));
    runs.push_back(Answering::run("b", static_cast<std::uint64_t>(seed), {0.2}));
    // On the validation rows, a leads on even seeds and b on odd seeds, by the same amount.
    runs[runs.size() - 2].final[1].accuracy = seed % 2 == 0 ? 0.9 : 0.8;
    runs[runs.size() - 1].final[1].accuracy = seed % 2 == 0 ? 0.8 : 0.9;
  }
  const Answering answering;
  const auto models = runs_by_model(synthetic_experiment({"a", "b"}, 10), runs);
  std::vector<Comparison> on_test = compare_models(models, kTestAccuracy);
  std::vector<Comparison> deciding = compare_models(models, kValidationAccuracy);
  ASSERT_TRUE(on_test.front().told);
  ASSERT_FALSE(deciding.front().told);
  judge_on_new_images(on_test, deciding, TestAnswers(models, answering.labels), 1);
  EXPECT_GT(on_test.front().new_images->simultaneous.low, 0);
  EXPECT_FALSE(on_test.front().new_images->told);
  judge_on_new_images(on_test, on_test, TestAnswers(models, answering.labels), 1);
  EXPECT_TRUE(on_test.front().new_images->told) << "if the test rows judge";
}

TEST(NewImages, NothingIsToldIfTheValidationRowsSayTheOpposite) {
  std::vector<RunRecord> runs;
  for (int seed = 0; seed < 10; ++seed) {
    for (const char* name : {"a", "b"}) {
      runs.push_back(Answering::run(name, static_cast<std::uint64_t>(seed), {*name == 'a' ? 0.05 : 0.2}));
      runs.back().final[1].accuracy = (*name == 'a' ? 0.7 : 0.8) + 0.001 * seed * (*name == 'a' ? 1 : 1.2);
    }
  }
  const Answering answering;
  const auto models = runs_by_model(synthetic_experiment({"a", "b"}, 10), runs);
  std::vector<Comparison> on_test = compare_models(models, kTestAccuracy);
  std::vector<Comparison> deciding = compare_models(models, kValidationAccuracy);
  judge_on_new_images(on_test, deciding, TestAnswers(models, answering.labels), 1);
  EXPECT_TRUE(deciding.front().told);
  EXPECT_FALSE(deciding.front().new_images->told);
}

TEST(NewImages, TooFewRunsToTellAPairGiveNoInterval) {
  Answering answering;
  answering.verdict({{"a", {0.05}}, {"b", {0.2}}}, 5);
  EXPECT_TRUE(std::isinf(answering.pairs.front().new_images->simultaneous.low));
  EXPECT_FALSE(answering.pairs.front().new_images->told);
}

TEST(NewImages, LabelsThatDoNotFitTheRunsClaimNothing) {
  std::vector<RunRecord> runs;
  for (std::uint64_t seed = 0; seed < 8; ++seed) runs.push_back(Answering::run("a", seed, {0.1}));
  for (std::uint64_t seed = 0; seed < 8; ++seed) runs.push_back(Answering::run("b", seed, {0.2}));
  const auto models = runs_by_model(synthetic_experiment({"a", "b"}, 8), runs);
  std::vector<std::uint8_t> labels = Answering().labels;
  EXPECT_TRUE(fit(labels, runs[0]));
  EXPECT_TRUE(TestAnswers(models, labels).compare(0, 1));
  labels[7] = 0;
  EXPECT_FALSE(fit(labels, runs[0]));
  EXPECT_FALSE(TestAnswers(models, labels).compare(0, 1));
  labels.pop_back();
  EXPECT_FALSE(fit(labels, runs[0])) << "one label is missing";
  labels.assign(kImages, 255);
  EXPECT_FALSE(fit(labels, runs[0])) << "no such class";
}

TEST(NewImages, ADifferenceWithinTheErrorOfTheImagesIsNotClaimed) {
  // One model always misses 30 images, and the other one always misses 40 other images. Every seed shows this
  // difference of ten images. Another 2,000 images, however, may contain other numbers of such images.
  Answering answering;
  const std::string text = answering.verdict({{"a", {0.02, 0, 30}}, {"b", {0.02, 30, 40}}}, 40);
  EXPECT_THAT(text, HasSubstr("“a” is better than “b” on these images"));
  EXPECT_THAT(text,
              HasSubstr("The 2,000 test images do not say whether “a” is better than “b” on new images: "
                        "the difference lies between −"));
  EXPECT_THAT(text, EndsWith("; more runs would not change that."));
}

TEST(NewImages, MoreRunsHelpUnlessAllThatTheSeedsLeaveOpenIsWithinTheErrorOfTheImages) {
  Answering answering;
  answering.verdict({{"a", {0.02, 0, 30}}, {"b", {0.02, 30, 40}}}, 40);
  TwoWay found = answering.pairs.front().new_images->analysis;
  const double most = normal_quantile(0.975) * std::sqrt(found.components.images / kImages);
  const double width = found.on_these_images.interval().high - found.on_these_images.mean;
  found.on_these_images.mean = -0.999 * (most - width);
  EXPECT_TRUE(found.images_limit(0.05));
  found.on_these_images.mean = 1.001 * (most - width);
  EXPECT_FALSE(found.images_limit(0.05));
  found.on_these_images.mean = 0;
  found.differing_images = kFewestDifferingImages - 1;
  EXPECT_FALSE(found.images_limit(0.05)) << "too few images to say how much they vary";
}

TEST(NewImages, NothingIsClaimedWhereFewImagesDiffer) {
  Answering answering;
  const std::string text = answering.verdict({{"a", {0}}, {"b", {0, 0, 12}}}, 10);
  EXPECT_THAT(text, EndsWith("“a” and “b” differ on only 12 of the 2,000 test images, so nothing is claimed "
                             "about new images."));
}

TEST(NewImages, TheBestOfManyIsComparedWithEachThatItBeats) {
  Answering answering;
  const std::string text = answering.verdict({{"a", {0.05}}, {"b", {0.2}}, {"c", {0.25}}}, 10);
  EXPECT_THAT(text, HasSubstr("“a” is better than every other model on these images"));
  EXPECT_THAT(text, HasSubstr(" On new images, too, “a” is better than “b” and “c”, by at least "));
}

TEST(NewImages, AModelThatTheVerdictDidNotNameIsNamedForTheseImages) {
  Answering answering;
  const std::string text = answering.verdict({{"a", {0.05}}, {"b", {0.05}}, {"c", {0.25}}}, 10);
  EXPECT_THAT(text, HasSubstr("but these runs do not say whether it is better than"));
  EXPECT_THAT(text, HasSubstr(" is better than “c” on new images as well as on these, by "));
}

TEST(NewImages, SeveralModelsThatDifferOnFewImagesTakeOneSentence) {
  Answering answering;
  const std::string text = answering.verdict({{"a", {0}}, {"b", {0, 0, 12}}, {"c", {0, 5, 14}}}, 10);
  EXPECT_THAT(text,
              EndsWith("“a” differs from each of “b” and “c” on fewer than 20 of the 2,000 test images, so "
                       "nothing is claimed about new images."));
}

TEST(NewImages, NothingIsSaidWithoutLabels) {
  Answering answering;
  EXPECT_THAT(answering.verdict({{"a", {0.05}}, {"b", {0.2}}}, 10, false), Not(HasSubstr("new images")));
}

TEST(NewImages, RunsWithoutPartnersOfTheSameSeedAreLeftOut) {
  const Answering answering;
  std::vector<RunRecord> runs;
  for (const std::uint64_t seed : {0, 1, 2, 3}) runs.push_back(Answering::run("a", seed, {0.1}));
  for (const std::uint64_t seed : {1, 3, 5}) runs.push_back(Answering::run("b", seed, {0.2}));
  const auto models = runs_by_model(synthetic_experiment({"a", "b"}, 6), runs);
  const TwoWay found = TestAnswers(models, answering.labels).compare(0, 1).value();
  EXPECT_EQ(found.runs, 2);
  const auto difference = [&](std::size_t a, std::size_t b) {
    return runs[a].final[2].accuracy - runs[b].final[2].accuracy;
  };
  EXPECT_NEAR(found.on_new_images.mean, (difference(1, 4) + difference(3, 5)) / 2, 1e-12);
}

TEST(NewImages, AnswersOfSomeRunsAreTakenFromThoseOfAll) {
  const Answering answering;
  std::vector<RunRecord> runs;
  for (std::uint64_t seed = 0; seed < 9; ++seed) {
    runs.push_back(Answering::run("a", seed, {0.1}));
    runs.push_back(Answering::run("b", seed, {0.12}));
  }
  runs.back().test_predictions.clear();
  const Experiment experiment = synthetic_experiment({"a", "b"}, 9);
  const auto models = runs_by_model(experiment, runs);
  const TestAnswers all(models, answering.labels);
  EXPECT_FALSE(all.compare(0, 1)) << "the last run of “b” keeps no predictions";
  for (const int seeds : {2, 5, 8, 9}) {
    const std::vector<ModelRuns> some = {first_seeds(models[0], experiment, seeds),
                                         first_seeds(models[1], experiment, std::min(seeds, 6))};
    const auto found = TestAnswers(some, all).compare(0, 1);
    const auto expected = TestAnswers(some, answering.labels).compare(0, 1);
    ASSERT_TRUE(found && expected) << seeds << ": a later run matters only once it counts";
    EXPECT_EQ(found->runs, std::min(seeds, 6));
    EXPECT_EQ(found->on_new_images.mean, expected->on_new_images.mean);
    EXPECT_EQ(found->on_new_images.standard_error, expected->on_new_images.standard_error);
    EXPECT_EQ(found->differing_images, expected->differing_images);
  }
  EXPECT_FALSE(TestAnswers(models, all).compare(0, 1));
}

TEST(UntilDecided, NoSeedsForADifferenceThatNoNumberOfRunsShowsOnNewImages) {
  const Answering answering;
  Experiment experiment = synthetic_experiment({"a", "b"}, 200);
  experiment.analysis.until_decided = true;
  const auto train = [&](std::size_t model, int seed) {
    return Answering::run(experiment.models[model].name, static_cast<std::uint64_t>(seed),
                          model == 0 ? Answering::Skill{0.02, 0, 30} : Answering::Skill{0.02, 30, 31});
  };
  const auto all = [](const std::vector<RunRecord>& missing) { return missing.size(); };
  const std::vector<RunRecord> runs = buy(experiment, train, all, answering.labels);
  EXPECT_LT(runs.size(), 100u) << "of 400";
  StoredExperiment stored{experiment, {}, 0};
  stored.provenance.test_labels = answering.labels;
  const Design design = design_of(stored, runs);
  EXPECT_EQ(design.limited, 1u);
  EXPECT_THAT(
      design.sentence,
      HasSubstr("the pair was undecided after 10 seeds; no more were bought for it, since no number of "
                "runs would show so small a difference on new images."));
  EXPECT_FALSE(purchase_of(experiment, runs).complete) << "without labels more seeds are bought";
}

TEST(UntilDecided, AStatedSmallestDifferenceIsDecidedHoweverLargeTheErrorOfTheImages) {
  const Answering answering;
  Experiment experiment = synthetic_experiment({"a", "b"}, 200);
  experiment.analysis.until_decided = true;
  experiment.analysis.smallest_difference = 0.4;
  const auto train = [&](std::size_t model, int seed) {
    return Answering::run(experiment.models[model].name, static_cast<std::uint64_t>(seed),
                          model == 0 ? Answering::Skill{0.02, 0, 30} : Answering::Skill{0.02, 30, 31});
  };
  const auto all = [](const std::vector<RunRecord>& missing) { return missing.size(); };
  const std::vector<RunRecord> runs = buy(experiment, train, all, answering.labels);
  EXPECT_EQ(purchase_of(experiment, runs, answering.labels).undecided(1), 0u) << "the models are the same";
}

TEST(UntilDecided, LooksAreThoseAfterEveryRound) {
  Experiment experiment = synthetic_experiment({"a", "b"}, 30);
  EXPECT_EQ(most_looks(experiment), 1);
  experiment.analysis.looks = {10, 20};
  EXPECT_EQ(most_looks(experiment), 3);
  experiment.analysis.looks = {};
  experiment.analysis.until_decided = true;
  EXPECT_EQ(most_looks(experiment), 13) << "after 10, 11, ..., 27 and 30 seeds";
  experiment = synthetic_experiment({"a", "b", "c", "d", "e"}, 18);
  experiment.analysis.until_decided = experiment.analysis.race = true;
  EXPECT_EQ(most_looks(experiment), 4) << "after 4, 6, 9 and 13 seeds; 19 are too many";
}

}  // namespace
}  // namespace gpu_sweep
