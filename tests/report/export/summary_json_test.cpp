#include "engine/report/export/summary_json.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "tests/support/files.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep {
namespace {

using nlohmann::ordered_json;
using test::sample_experiment;
using test::sample_provenance;
using test::sample_runs;

class SummaryJson : public ::testing::Test {
 protected:
  StoredExperiment stored{sample_experiment(), sample_provenance(), 2.5};
  std::vector<RunRecord> runs = sample_runs(stored.experiment);

  /// Gives a run these predictions for four test images with the labels 0, 1, 2, 1.
  void predict(RunRecord& run, const std::vector<std::uint8_t>& predictions) {
    stored.provenance.test_labels = {0, 1, 2, 1};
    run.test_predictions = predictions;
    ConfusionMatrix& matrix = run.confusion[index_of(Split::kTest)];
    matrix = {3, std::vector<std::uint32_t>(9)};
    for (std::size_t i = 0; i < predictions.size(); ++i) {
      ++matrix.counts[static_cast<std::size_t>(stored.provenance.test_labels[i] * 3 + predictions[i])];
    }
  }
};

TEST_F(SummaryJson, HoldsTheExperimentAndWhereItCameFrom) {
  const ordered_json json = summary_json(stored, runs);
  EXPECT_EQ(json["name"], "sample");
  EXPECT_EQ(json["device"], "a CPU");
  EXPECT_EQ(json["precision"], "fp32");
  EXPECT_EQ(json["seed"], 0);
  EXPECT_EQ(json["runs"], 3);
  EXPECT_EQ(json["version"], "1.2.3");
  EXPECT_EQ(json["analysis"].dump(), "{\"max_diverged\":0.1,\"smallest_difference\":null}");
  EXPECT_EQ(json["data"]["sha256"]["test_labels"], "dd");
  EXPECT_EQ(json["timing"]["wall_seconds"], 2.5);
  const ordered_json& model = json["models"][1];
  EXPECT_EQ(model["name"], "deep");
  EXPECT_EQ(model["hidden"], ordered_json({16, 8}));
  EXPECT_EQ(model["activation"], "relu");
  EXPECT_EQ(model["dropout"], 0.2);
  EXPECT_EQ(model["optimizer"]["name"], "sgd");
  EXPECT_EQ(model["batch_size"], 256);
  EXPECT_EQ(model["epochs"], 3);
  EXPECT_EQ(model["runs"], 3);
}

TEST_F(SummaryJson, SaysWhatTheTestImagesSayAboutNewOnes) {
  EXPECT_FALSE(summary_json(stored, runs)["pairs"].back().contains("new_images")) << "the labels are unknown";
  for (RunRecord& run : runs) {
    predict(run, run.model == "deep" ? std::vector<std::uint8_t>{0, 1, 2, 0}
                                     : std::vector<std::uint8_t>{0, 1, 1, 2});
  }
  predict(runs[0], {1, 1, 1, 2});
  const ordered_json json = summary_json(stored, runs);
  EXPECT_FALSE(json["pairs"].front().contains("new_images")) << "a pair by validation accuracy";
  const ordered_json& found = json["pairs"].back()["new_images"];
  EXPECT_EQ(json["pairs"].back()["metric"], "test accuracy");
  EXPECT_EQ(found["images"], 4);
  EXPECT_EQ(found["differing_images"], 2);
  EXPECT_EQ(found["told"], false) << "on so few images";
  EXPECT_TRUE(found["simultaneous_interval"].is_null()) << "three runs tell nothing";
  EXPECT_TRUE(found["components"]["images"].is_number());
}

TEST_F(SummaryJson, WhatIsSaidOfNewImagesCountsTheLooks) {
  for (RunRecord& run : runs) predict(run, {0, 1, 1, 2});
  EXPECT_NEAR(analyse(stored, runs, nullptr).on_validation.front().new_images.value().level, 0.05, 1e-12);
  stored.experiment.analysis.looks = {2};
  const ReportAnalysis looked = analyse(stored, runs, nullptr);
  EXPECT_NEAR(looked.on_validation.front().new_images.value().level, 0.05 / 2, 1e-12);
  EXPECT_NEAR(looked.on_test.front().new_images.value().level, 0.05 / 2, 1e-12);
}

TEST_F(SummaryJson, SaysHowManyRunsWouldShowTheSmallestDifference) {
  EXPECT_FALSE(summary_json(stored, runs)["pairs"][0].contains("runs_to_show"));
  stored.experiment.analysis.smallest_difference = 0.1;
  const int few = summary_json(stored, runs)["pairs"][0]["runs_to_show"];
  EXPECT_GE(few, 6);
  stored.experiment.analysis.smallest_difference = 0.01;
  EXPECT_NEAR(summary_json(stored, runs)["pairs"][0]["runs_to_show"].get<double>(), 100.0 * few, 100);
}

TEST_F(SummaryJson, SaysThatSeedsWereBoughtUntilDecided) {
  EXPECT_FALSE(summary_json(stored, runs)["verdict"].contains("until_decided"));
  stored.experiment.analysis.until_decided = true;
  const ordered_json json = summary_json(stored, runs);
  EXPECT_EQ(json["analysis"]["until_decided"], true);
  const ordered_json& bought = json["verdict"]["until_decided"];
  EXPECT_EQ(bought["complete"], true);
  EXPECT_EQ(bought["most_runs"], 3);
  EXPECT_EQ(bought["looks"].dump(), R"([{"seeds":3,"undecided":1}])");
  EXPECT_EQ(json["verdict"]["fewest_runs"], 10);
  EXPECT_TRUE(json["spread_pairs"].empty()) << "a test for a number of runs fixed beforehand";
  EXPECT_TRUE(json["pairs"][0]["wilcoxon_p_holm"].is_null());
}

TEST_F(SummaryJson, SaysWhoLeftARace) {
  for (const double lead : {0.0, 0.3}) {
    stored.experiment.models.push_back(stored.experiment.models[0]);
    stored.experiment.models.back().name = "third" + std::to_string(lead);
    for (int seed = 0; seed < 3; ++seed) {
      runs.push_back(runs[static_cast<std::size_t>(seed)]);
      runs.back().model = stored.experiment.models.back().name;
    }
  }
  stored.experiment.analysis.until_decided = stored.experiment.analysis.race = true;
  const ordered_json json = summary_json(stored, runs);
  EXPECT_EQ(json["analysis"]["race"], true);
  EXPECT_EQ(json["verdict"]["judged_on"], "test");
  EXPECT_EQ(json["verdict"]["pairs_listed"], "of models that remain");
  const ordered_json& race = json["verdict"]["race"];
  EXPECT_EQ(race["best_dropped_at_most"], 0.05);
  EXPECT_EQ(race["most_runs"], 3);
  EXPECT_TRUE(race["complete"]);
  EXPECT_NE(race["sentence"].get<std::string>().find("So few cannot drop any: it takes 5."),
            std::string::npos);
  EXPECT_FALSE(json["verdict"].contains("until_decided"));
}

TEST_F(SummaryJson, SaysWhichRowsJudge) {
  EXPECT_EQ(summary_json(stored, runs)["verdict"]["judged_on"], "validation");
  stored.experiment.models[0].schedule = ScheduleSpec::with_defaults(ScheduleKind::kReduceOnPlateau);
  const ordered_json json = summary_json(stored, runs);
  EXPECT_EQ(json["verdict"]["judged_on"], "test");
  for (const ordered_json& pair : json["pairs"]) EXPECT_EQ(pair["metric"], "test accuracy");
}

TEST_F(SummaryJson, TheCorrectionCoversPairsOfModelsThatAlwaysDiverge) {
  for (const char* name : {"x", "y", "z"}) {
    stored.experiment.models.push_back(stored.experiment.models[0]);
    stored.experiment.models.back().name = name;
    RunRecord run = runs[0];
    run.model = name;
    run.diverged_epoch = 1;
    runs.push_back(std::move(run));
  }
  for (const bool bought : {false, true}) {
    stored.experiment.analysis.until_decided = bought;
    const ordered_json json = summary_json(stored, runs);
    EXPECT_EQ(json["verdict"]["pairs_corrected"], 10);
    EXPECT_EQ(json["verdict"]["fewest_runs"], bought ? 15 : 9);
    EXPECT_NE(json["verdict"]["sentence"].get<std::string>().find(bought ? "it takes 15, 10 pairs corrected."
                                                                         : "it takes 9, 10 pairs corrected."),
              std::string::npos)
        << json["verdict"]["sentence"];
  }
}

TEST_F(SummaryJson, FiguresComeBackBitForBitFromItsText) {
  const auto json = ordered_json::parse(summary_text(summary_json(stored, runs)));
  const ordered_json& run = json["models"][1]["per_run"][2];
  EXPECT_EQ(run["seed"], 2);
  EXPECT_EQ(run["key"], "key-deep-2");
  EXPECT_EQ(run["train_loss"].get<double>(), runs[5].final[0].loss);
  EXPECT_EQ(run["valid_accuracy"].get<double>(), runs[5].final[1].accuracy);
  EXPECT_EQ(run["test_loss"].get<double>(), runs[5].final[2].loss);
  ASSERT_EQ(run["history"]["val_accuracy"].size(), 4u);
  EXPECT_EQ(run["history"]["loss"][3].get<double>(), runs[5].history[3].loss);
  EXPECT_EQ(run["history"]["val_accuracy"][0].get<double>(), runs[5].history[0].val_accuracy);
}

TEST_F(SummaryJson, ConfusionIsSummedOverRunsRowsByTrueClass) {
  const ordered_json json = summary_json(stored, runs);
  const ordered_json& test = json["models"][0]["confusion"]["test"];
  ASSERT_EQ(test.size(), 3u);
  ASSERT_EQ(test[2].size(), 3u);
  EXPECT_EQ(test[2][1],
            runs[0].confusion[2].counts[7] + runs[1].confusion[2].counts[7] + runs[2].confusion[2].counts[7]);
}

TEST_F(SummaryJson, WhatIsNotFiniteIsNullAndLeftOutOfMeansAndConfusion) {
  runs[0].diverged_epoch = 1;
  runs[0].final[2].loss = std::numeric_limits<double>::quiet_NaN();
  runs[0].history[1].loss = std::numeric_limits<double>::infinity();
  const auto json = ordered_json::parse(summary_text(summary_json(stored, runs)));
  const ordered_json& model = json["models"][0];
  EXPECT_EQ(model["runs"], 2);
  EXPECT_EQ(model["diverged"], 1);
  EXPECT_TRUE(model["per_run"][0]["test_loss"].is_null());
  EXPECT_TRUE(model["per_run"][0]["history"]["loss"][1].is_null());
  EXPECT_EQ(model["per_run"][0]["diverged_epoch"], 1);
  EXPECT_TRUE(model["per_run"][1]["diverged_epoch"].is_null());
  EXPECT_EQ(model["test_loss"]["mean"].get<double>(), (runs[1].final[2].loss + runs[2].final[2].loss) / 2);
  EXPECT_EQ(model["confusion"]["train"][0][0],
            runs[1].confusion[0].counts[0] + runs[2].confusion[0].counts[0]);
}

TEST_F(SummaryJson, OnlyTimingDependsOnTime) {
  ordered_json before = summary_json(stored, runs);
  stored.wall_seconds = 99;
  for (RunRecord& run : runs) run.train_seconds += 1;
  ordered_json after = summary_json(stored, runs);
  EXPECT_NE(before["timing"], after["timing"]);
  before.erase("timing");
  after.erase("timing");
  EXPECT_EQ(summary_text(before), summary_text(after));
}

TEST_F(SummaryJson, AModelWithoutRunsHasNullFigures) {
  const ordered_json json = summary_json(stored, {});
  EXPECT_TRUE(json["models"][0]["train_loss"]["mean"].is_null());
  EXPECT_TRUE(json["models"][0]["per_run"].empty());
}

TEST_F(SummaryJson, TextKeepsListsOfFiguresOnOneLine) {
  EXPECT_EQ(
      summary_text(ordered_json::parse(R"({"a":[[1,2],[3,4]],"b":{"c":[]},"d\n":null})")),
      "{\n  \"a\": [\n    [1,2],\n    [3,4]\n  ],\n  \"b\": {\n    \"c\": []\n  },\n  \"d\\n\": null\n}\n");
}

TEST_F(SummaryJson, WritesTheFileWhole) {
  const test::TemporaryDirectory directory;
  write_summary(directory.path(), analyse(stored, runs, nullptr));
  EXPECT_EQ(test::read_file(directory / "summary.json"), summary_text(summary_json(stored, runs)));
}

}  // namespace
}  // namespace gpu_sweep
