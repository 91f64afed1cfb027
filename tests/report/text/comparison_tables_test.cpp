#include "engine/report/text/comparison_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/report/display_width.h"
#include "gpu_sweep/error.h"
#include "tests/statistics/synthetic_runs.h"
#include "tests/support/text.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;

class ComparisonTablesTest : public testing::Test {
 protected:
  ComparedExperiment experiment(const char* name, const std::string& model, double first, double step,
                                int runs) {
    auto& stored = stored_.emplace_back(std::make_unique<StoredExperiment>());
    auto& records = records_.emplace_back(std::make_unique<std::vector<RunRecord>>());
    stored->experiment = synthetic_experiment({model}, runs);
    stored->provenance.device_name = "CPU";
    std::vector<double> accuracies;
    for (int i = 0; i < runs; ++i) accuracies.push_back(first + step * i);
    add_runs(*records, model, accuracies);
    return {name, stored.get(), runs_by_model(stored->experiment, *records)};
  }
  std::vector<std::unique_ptr<StoredExperiment>> stored_;
  std::vector<std::unique_ptr<std::vector<RunRecord>>> records_;
};

TEST_F(ComparisonTablesTest, EqualNamesAreCompared) {
  const auto a = experiment("results/a", "net", 0.81, 0.001, 8);
  const auto b = experiment("results/b", "net", 0.80, 0.0012, 8);
  const auto metrics = compare_experiments(a, b);
  ASSERT_EQ(metrics.size(), 3U);
  const std::string text = comparison_tables(a, b, metrics);
  EXPECT_THAT(text,
              HasSubstr("net                                    8      0.93        0.89 to 0.97      0.008  "
                        "100 % (68 to 100)\n"
                        "Pairs that differ by more than seed noise (zero outside the interval): 1 of 1.\n"));
  EXPECT_THAT(text, HasSubstr("\nvalidation loss: first minus second\n"));
  const auto json = comparison_json(a, b, metrics);
  EXPECT_EQ(json["comparisons"].size(), 3U);
  EXPECT_DOUBLE_EQ(json["comparisons"][0]["wilcoxon_p"], 2.0 / 256);
  for (const std::string& line : test::lines_of(text)) EXPECT_LE(display_width(line), 100) << line;
}

TEST_F(ComparisonTablesTest, LeavesOutValidationRowsThatChoseEpochs) {
  const auto a = experiment("results/a", "net", 0.81, 0.001, 8);
  const auto b = experiment("results/b", "net", 0.80, 0.0012, 8);
  stored_[0]->experiment.models[0].early_stopping.monitor = Monitor::kValidationLoss;
  const auto metrics = compare_experiments(a, b);
  ASSERT_EQ(metrics.size(), 1U);
  EXPECT_EQ(metrics[0][0].metric, kTestAccuracy);
  const std::string text = comparison_tables(a, b, metrics);
  EXPECT_THAT(
      text,
      HasSubstr("first   validation rows chose epochs, learning rates or who remains in a race: test rows "));
  EXPECT_THAT(text, testing::Not(HasSubstr("second  validation")));
  stored_[1]->experiment.analysis.race = true;
  const std::string both = comparison_tables(a, b, compare_experiments(a, b));
  EXPECT_THAT(both, HasSubstr("second  validation rows chose"));
}

TEST_F(ComparisonTablesTest, LeavesOutValidationRowsThatDiffer) {
  const auto a = experiment("a", "net", 0.81, 0.001, 8);
  const auto b = experiment("b", "net", 0.80, 0.0012, 8);
  EXPECT_EQ(comparison_json(a, b, compare_experiments(a, b))["same_validation_rows"], true);
  DataSettings& settings = stored_[1]->provenance.data_settings;
  const auto only_test_rows = [&] {
    const auto metrics = compare_experiments(a, b);
    EXPECT_EQ(metrics.size(), 1U);
    EXPECT_EQ(metrics.front().front().metric.split, Split::kTest);
    EXPECT_EQ(comparison_json(a, b, metrics)["same_validation_rows"], false);
    EXPECT_THAT(comparison_tables(a, b, metrics),
                HasSubstr("the two hold out different rows for validation: test rows judge"));
  };
  settings.validation = HoldOut{1.0 / 6, 9};
  only_test_rows();
  settings = {};
  settings.split = SplitPolicy::kPerRun;
  only_test_rows();
}

TEST_F(ComparisonTablesTest, CountsRunsThatDiverged) {
  auto a = experiment("a", "net", 0.81, 0.001, 8);
  const auto b = experiment("b", "net", 0.80, 0.0012, 8);
  EXPECT_THAT(comparison_tables(a, b, compare_experiments(a, b)), testing::Not(HasSubstr("diverged")));
  for (const std::size_t i : {0U, 3U}) (*records_[0])[i].diverged_epoch = 1;
  stored_[0]->experiment.models.push_back(stored_[0]->experiment.models[0]);
  stored_[0]->experiment.models[1].name = "lost";
  RunRecord lost = (*records_[0])[0];
  lost.model = "lost";
  records_[0]->push_back(lost);
  a.models = runs_by_model(stored_[0]->experiment, *records_[0]);
  EXPECT_THAT(comparison_tables(a, b, compare_experiments(a, b)),
              HasSubstr("first   net: 2 of 8 runs diverged\nfirst   lost: its run diverged\n"));
}

TEST_F(ComparisonTablesTest, SaysWhatWasChangedBetweenModelsOfEqualName) {
  const auto a = experiment("a", "net", 0.81, 0.001, 8);
  const auto b = experiment("b", "net", 0.80, 0.0012, 9);
  const auto metrics = compare_experiments(a, b);
  EXPECT_THAT(comparison_tables(a, b, metrics), HasSubstr("\nchanged nothing: "));
  EXPECT_TRUE(comparison_json(a, b, metrics)["changes"].empty());
  stored_[0]->experiment.models.push_back(stored_[0]->experiment.models[0]);
  stored_[0]->experiment.models[1].name = "of the first alone";
  stored_[1]->experiment.models[0].epochs = 250;
  stored_[1]->experiment.models[0].dropout = 0.5;
  EXPECT_THAT(comparison_tables(a, b, metrics), HasSubstr("second  b (CPU, fp32)\n"
                                                          "changed dropout: 0.2 -> 0.5 (of \"net\")\n"
                                                          "        epochs: 50 -> 250 (of \"net\")\n\n"));
  EXPECT_EQ(comparison_json(a, b, metrics)["changes"].size(), 2U);
}

TEST_F(ComparisonTablesTest, WithoutCommonNamesAllPairsAreCompared) {
  const auto a = experiment("a", "relu", 0.81, 0.001, 3);
  const auto b = experiment("b", "tanh", 0.80, 0.001, 3);
  const auto metrics = compare_experiments(a, b);
  const std::string text = comparison_tables(a, b, metrics);
  EXPECT_THAT(text, HasSubstr("relu − tanh"));
  EXPECT_THAT(text, HasSubstr("Too few runs to tell: at least 6 on equal seeds are needed."));
  EXPECT_TRUE(comparison_json(a, b, metrics)["comparisons"][0]["wilcoxon_p"].is_null());
}

TEST_F(ComparisonTablesTest, OtherDataIsRefused) {
  const auto a = experiment("a", "net", 0.81, 0.001, 3);
  const auto b = experiment("b", "net", 0.80, 0.001, 3);
  stored_[1]->provenance.data_sha256[0] = "other";
  EXPECT_THROW(compare_experiments(a, b), Error);
}

TEST_F(ComparisonTablesTest, NoCommonSeedIsRefused) {
  const auto a = experiment("a", "net", 0.81, 0.001, 3);
  EXPECT_THROW(compare_experiments(a, experiment("b", "net", 0.8, 0.001, 0)), Error);
}

}  // namespace
}  // namespace gpu_sweep
