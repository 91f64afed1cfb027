// A test of the arithmetic as a whole. The study's shallowest model and its deepest model are trained as in
// the study, and must reproduce its metrics.
#include <gtest/gtest.h>

#include <cmath>

#include "gpu_sweep/summary.h"
#include "tests/end_to_end/fashion_mnist_runs.h"

namespace gpu_sweep::test {
namespace {

constexpr int kRuns = GPU_SWEEP_GATE_RUNS;  // seeds 0, 1, ...; not selected by their outcome

struct Metric {
  const char* name;
  Split split;
  bool loss;
  double mean;  ///< of the study's 100 runs
  double std;   ///< of the study's 100 runs
};

struct StudyModel {
  const char* name;
  std::vector<int> hidden;
  std::vector<Metric> metrics;  // docs/what_is_computed.md, section 4
};

class StudyGate : public testing::TestWithParam<StudyModel> {};

TEST_P(StudyGate, LandsOnTheStudysFigures) {
  const std::vector<RunRecord> runs = train_on_fashion_mnist(GetParam().name, GetParam().hidden, kRuns);
  ASSERT_EQ(runs.size(), static_cast<std::size_t>(kRuns));

  for (const Metric& metric : GetParam().metrics) {
    const double mean = mean_std(metrics(runs, metric.split, metric.loss)).mean;
    const double tolerance = 3.5 * metric.std * std::sqrt(1.0 / kRuns + 1.0 / 100);
    EXPECT_NEAR(mean, metric.mean, tolerance) << metric.name;
    std::printf("%s: %s %.4f, the study %.4f, %+.2f standard errors\n", GetParam().name, metric.name, mean,
                metric.mean, 3.5 * (mean - metric.mean) / tolerance);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, StudyGate,
    testing::Values(StudyModel{"original model",
                               {256},
                               {{"train accuracy", Split::kTrain, false, 0.9613, 0.002507},
                                {"validation accuracy", Split::kValidation, false, 0.9025, 0.002545},
                                {"train loss", Split::kTrain, true, 0.1085, 0.005113},
                                {"validation loss", Split::kValidation, true, 0.3177, 0.007317}}},
                    StudyModel{"four hidden layer",
                               {256, 128, 64, 32, 16},
                               {{"train accuracy", Split::kTrain, false, 0.9304, 0.002894},
                                {"validation accuracy", Split::kValidation, false, 0.8982, 0.002292},
                                {"train loss", Split::kTrain, true, 0.1856, 0.006498},
                                {"validation loss", Split::kValidation, true, 0.3340, 0.009441}}}),
    [](const auto& test) { return test.param.hidden.size() == 1 ? "original" : "four_hidden"; });

}  // namespace
}  // namespace gpu_sweep::test
