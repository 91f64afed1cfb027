// Claims about new images, by the right and wrong answers on the test images.
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

using testing::EndsWith;
using testing::HasSubstr;

constexpr int kImages = 2'000;

/// Runs that answer test images, each of which is as hard as its number says. Model and seed decide every
/// answer.
class Answering {
 public:
  std::vector<std::uint8_t> labels = std::vector<std::uint8_t>(kImages, 1);

  /// Such a model is wrong on image j with probability error * 2 * hardness, where the mean hardness is 1 /
  /// 2, and always wrong on `missed` images from the image `first` on.
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
      run.final[static_cast<std::size_t>(split)].accuracy = static_cast<double>(right) / kImages;
      run.confusion[static_cast<std::size_t>(split)] = {2, {0, 0, kImages, 0}};
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
    if (with_labels) add_new_images(pairs, TestAnswers(found, labels), 1);
    return difference_sentence(found, pairs);
  }

  std::vector<Comparison> pairs;  ///< of the last verdict

 private:
  std::vector<RunRecord> runs_;
};

TEST(NewImages, ADifferenceBeyondTheErrorOfTheImagesIsClaimed) {
  Answering answering;
  const std::string text = answering.verdict({{"a", {0.05}}, {"b", {0.2}}}, 10);
  EXPECT_THAT(text, HasSubstr("“a” is better than “b” on these images by "));
  EXPECT_THAT(text, HasSubstr(" On new images, too, “a” is better than “b”, by "));
  EXPECT_THAT(text, EndsWith("; 2,000 test images)."));
  EXPECT_TRUE(answering.pairs.front().new_images->told());
  EXPECT_FALSE(answering.pairs.front().new_images->images_limit());
}

TEST(NewImages, TheClaimIsAtBonferronisLevelOverPairsAndLooks) {
  Answering answering;
  answering.verdict({{"a", {0.05}}, {"b", {0.2}}, {"c", {0.2}}}, 10);
  const NewImages& found = answering.pairs.front().new_images.value();
  EXPECT_DOUBLE_EQ(found.level, 0.05 / 3);
  EXPECT_EQ(found.simultaneous, found.analysis.on_new_images.interval(0.05 / 3));
  std::vector<Comparison> looked_at = answering.pairs;
  std::vector<RunRecord> runs;
  for (int seed = 0; seed < 10; ++seed) {
    for (const char* name : {"a", "b", "c"}) {
      runs.push_back(Answering::run(name, static_cast<std::uint64_t>(seed), {0.1}));
    }
  }
  add_new_images(
      looked_at,
      TestAnswers(runs_by_model(synthetic_experiment({"a", "b", "c"}, 10), runs), answering.labels), 4);
  EXPECT_DOUBLE_EQ(looked_at.front().new_images->level, 0.05 / 12);
}

TEST(NewImages, ADifferenceWithinTheErrorOfTheImagesIsNotClaimed) {
  // The models always miss 30 and 40 other images. Every seed shows this difference of ten images, but
  // another 2,000 images may have other numbers of each kind.
  Answering answering;
  const std::string text = answering.verdict({{"a", {0.02, 0, 30}}, {"b", {0.02, 30, 40}}}, 40);
  EXPECT_THAT(text, HasSubstr("“a” is better than “b” on these images"));
  EXPECT_THAT(text,
              HasSubstr("Whether “a” is better than “b” on new images, the 2,000 test images do not say: "
                        "the difference lies between −"));
  EXPECT_THAT(text, EndsWith("; more runs would not change that."));
}

TEST(NewImages, MoreRunsHelpBeyondTheErrorOfTheImagesAlone) {
  Answering answering;
  answering.verdict({{"a", {0.02, 0, 30}}, {"b", {0.02, 30, 40}}}, 40);
  NewImages found = answering.pairs.front().new_images.value();
  const double of_images = std::sqrt(found.analysis.components.images / kImages);
  const double needed = normal_quantile(0.975) * of_images;
  found.analysis.on_new_images.mean = -0.99 * needed;
  EXPECT_TRUE(found.images_limit());
  found.analysis.on_new_images.mean = 1.01 * needed;
  EXPECT_FALSE(found.images_limit());
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
      HasSubstr("the pair was undecided after 15 seeds; no more were bought for it, since no number of "
                "runs would show so small a difference on new images."));
  EXPECT_FALSE(purchase_of(experiment, runs).complete) << "without labels more seeds are bought";
}

TEST(UntilDecided, LooksAreThoseAfterEveryRound) {
  Experiment experiment = synthetic_experiment({"a", "b"}, 30);
  EXPECT_EQ(most_looks(experiment), 1);
  experiment.analysis.looks = {10, 20};
  EXPECT_EQ(most_looks(experiment), 3);
  experiment.analysis.looks = {};
  experiment.analysis.until_decided = true;
  EXPECT_EQ(most_looks(experiment), 13) << "after 10, 11, ..., 27 and 30 seeds";
}

}  // namespace
}  // namespace gpu_sweep
