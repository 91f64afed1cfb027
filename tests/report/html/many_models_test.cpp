// Reports of many models: how many of them are drawn, and of how many all pairs are listed or compared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/report/html/html_report.h"
#include "engine/report/text/comparison_tables.h"
#include "tests/report/synthetic_report.h"
#include "tests/support/error_of.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;

/// Returns a report with two runs for each of the models `prefix`0, `prefix`1, ... The last model has the
/// best validation accuracy.
SyntheticReport report_of(int models, const std::string& prefix = "m") {
  SyntheticReport report = synthetic_report({"pattern"}, 2, synthetic_images(20, 4));
  const ModelSpec pattern = report.stored.experiment.models.front();
  const std::vector<RunRecord> runs = report.runs;
  report.stored.experiment.models.clear();
  report.runs.clear();
  for (int i = 0; i < models; ++i) {
    ModelSpec& model = report.stored.experiment.models.emplace_back(pattern);
    model.name = prefix + std::to_string(i);
    for (const RunRecord& run : runs) {
      RunRecord& each = report.runs.emplace_back(run);
      each.model = model.name;
      each.final[1].accuracy = 0.5 + 1e-3 * i;
    }
  }
  return report;
}

std::string content_of(int models) {
  const SyntheticReport report = report_of(models);
  return content_of_page(html_report(analyse(report.stored, report.runs, nullptr)));
}

bool holds(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }

TEST(ManyModels, UpToFiftyHaveAllTheirPairsAndMatrices) {
  const std::string page = content_of(50);
  EXPECT_TRUE(holds(page, "Validation accuracy, all pairs"));
  EXPECT_TRUE(holds(page, "Holm's correction over 1,225 pairs"));
  EXPECT_TRUE(holds(page, "<summary><bdi>m0</bdi></summary>"));
}

TEST(ManyModels, OfMoreOnlyThePairsOfTheBestAreListed) {
  for (const int models : {51, 251}) {
    const std::string page = content_of(models);
    EXPECT_TRUE(holds(page, "Validation accuracy, the best and each other model"));
    EXPECT_TRUE(holds(
        page, models == 51 ? "Holm's correction over 1,275 pairs" : "Holm's correction over 31,375 pairs"))
        << "the best was chosen by the same runs";
    const std::string best = "<bdi>m" + std::to_string(models - 1) + "</bdi>";
    EXPECT_TRUE(holds(page, "<bdi>m0</bdi> − " + best + "</th>"));
    EXPECT_FALSE(holds(page, "<bdi>m0</bdi> − <bdi>m1</bdi></th>"));
    EXPECT_TRUE(holds(page, "<summary>" + best + "</summary>"));
    EXPECT_FALSE(holds(page, "<summary><bdi>m0</bdi></summary>")) << "its confusion matrix is left out";
  }
}

TEST(ManyModels, UpTo24HaveARowInTheChartOfRuns) {
  const auto chart_of = [](int models) {
    const std::string page = content_of(models);
    const std::size_t start = page.find("<h3>Every run</h3>");
    return page.substr(start, page.find("</figure>", start) - start);
  };
  const std::string all = chart_of(24);
  EXPECT_THAT(all, HasSubstr(" m0: mean "));
  EXPECT_THAT(all, testing::Not(HasSubstr("The charts show")));
  const std::string most = chart_of(25);
  EXPECT_THAT(most, testing::Not(HasSubstr(" m0: mean ")));
  EXPECT_THAT(most, HasSubstr("The charts show the 24 models with the highest validation accuracy of 25."));
}

TEST(ManyModels, TwoExperimentsOfManyAreComparedOnlyByName) {
  const SyntheticReport first = report_of(101), second = report_of(101), other = report_of(101, "n");
  const auto compared = [](const std::string& name, const SyntheticReport& report) {
    return ComparedExperiment{name, &report.stored, runs_by_model(report.stored.experiment, report.runs)};
  };
  EXPECT_EQ(compare_experiments(compared("a", first), compared("b", second)).front().size(), 101U);
  const std::string refused = test::error_of(
      ExitCode::kUsage, [&] { compare_experiments(compared("a", first), compared("c", other)); });
  EXPECT_THAT(refused, HasSubstr("a and c have no model name in common: found 101 x 101 pairs"));
}

}  // namespace
}  // namespace gpu_sweep
