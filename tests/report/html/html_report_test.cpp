#include "engine/report/html/html_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "engine/report/html/escape.h"
#include "engine/report/html/png.h"
#include "tests/report/synthetic_report.h"
#include "tests/support/text.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string page_of(const SyntheticReport& report, const Dataset* images) {
  return html_report(analyse(report.stored, report.runs, images));
}

std::string content_of(const SyntheticReport& report, const Dataset* images) {
  return content_of_page(page_of(report, images));
}

TEST(HtmlText, EscapesWhateverANameContains) {
  EXPECT_EQ(escape_html("<script>&\"'"), "&lt;script&gt;&amp;&quot;&#39;");
  EXPECT_EQ(escape_html("a\x01z"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(script_json({{"k", "</script><!-- \xE2\x80\xA8 &"}}),
            "{\"k\":\"\\u003c/script\\u003e\\u003c!-- \\u2028 \\u0026\"}");
  EXPECT_EQ(script_json(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(script_json("\xFF"), "\"\\ufffd\"");
}

TEST(HtmlPng, IsAPngOfTheGivenSize) {
  const std::vector<std::uint8_t> pixels(6, 128);
  const std::string png = grey_png(pixels, 3, 2);
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(png.substr(16, 8), std::string("\0\0\0\3\0\0\0\2", 8)) << "width and height of IHDR";
  EXPECT_EQ(png_data_uri("\xFF\xFE"), "data:image/png;base64,//4=");
  EXPECT_EQ(png_data_uri("abc"), "data:image/png;base64,YWJj");
  EXPECT_THROW(grey_png(pixels, 3, 3), std::invalid_argument);
}

TEST(HtmlReport, OfSeedsBoughtUntilDecidedHasNoVerdictOfFixedRuns) {
  SyntheticReport report = synthetic_report({"one", "two", "three"}, 14, synthetic_images(200, 4));
  EXPECT_THAT(content_of(report, nullptr), HasSubstr("Wilcoxon"));
  report.stored.experiment.analysis.until_decided = true;
  EXPECT_THAT(content_of(report, nullptr),
              testing::AllOf(HasSubstr("Seeds were bought only where models were undecided, at most 14"),
                             HasSubstr("a test that stays valid under a look after every seed"),
                             HasSubstr("Spreads are not compared"), Not(HasSubstr("Wilcoxon")),
                             Not(HasSubstr("sign flips")), Not(HasSubstr("McNemar"))));
}

TEST(HtmlReport, HasTheIntervalsOnNewImagesIfTheStoreHasTheLabels) {
  SyntheticReport report = synthetic_report({"one", "two"}, 8, synthetic_images(400, 4));
  const std::string with = content_of(report, nullptr);
  EXPECT_THAT(with, HasSubstr("<th scope=\"col\">on new images</th>"));
  EXPECT_THAT(with, HasSubstr("corrected over all pairs (Bonferroni)"));
  report.stored.provenance.test_labels.clear();
  EXPECT_THAT(content_of(report, &report.images), Not(HasSubstr("on new images")));
}

TEST(HtmlReport, OfARaceSaysWhoLeftAndJudgesTheOthersByTestRows) {
  SyntheticReport report = synthetic_report({"one", "two", "three", "bad"}, 10, synthetic_images(200, 4));
  report.stored.experiment.analysis.until_decided = report.stored.experiment.analysis.race = true;
  for (RunRecord& run : report.runs) {
    if (run.model == "bad") run.final[1].accuracy -= 0.5;
  }
  std::erase_if(report.runs, [](const RunRecord& run) { return run.model == "bad" && run.seed >= 5; });
  const std::string page = content_of(report, nullptr);
  EXPECT_THAT(
      page,
      testing::AllOf(HasSubstr("Seeds were bought as a race by validation accuracy, at most 10 of each: 1 of "
                               "4 models left it after 5 seeds. 3 remain after 10 seeds."),
                     HasSubstr("<span class=\"mark\">left the race after 5 seeds</span>"),
                     HasSubstr("The validation rows chose who remains in the race, so the test rows"),
                     HasSubstr("it was chosen before the test rows judged"),
                     HasSubstr("<bdi>one</bdi> − <bdi>two</bdi>"), HasSubstr("35 runs of 4 models"),
                     Not(HasSubstr("− <bdi>bad")), Not(HasSubstr("Validation accuracy, all pairs"))));
}

TEST(HtmlReport, JudgesByTestRowsWhereValidationRowsChoseEpochs) {
  SyntheticReport report = synthetic_report({"one", "two", "three"}, 14, synthetic_images(200, 4));
  EXPECT_EQ(test::count_of(content_of(report, nullptr), "<summary>Validation accuracy, all pairs"), 1U);
  report.stored.experiment.models[1].early_stopping = {Monitor::kValidationAccuracy, 3, 0, true};
  const std::string page = content_of(report, nullptr);
  EXPECT_EQ(test::count_of(page, "data-spec=\"differences\""), 1U);
  EXPECT_EQ(test::count_of(page, "<summary>Validation accuracy, all pairs"), 0U);
  EXPECT_THAT(
      page,
      testing::AllOf(HasSubstr("<details open><summary>Test accuracy, all pairs"),
                     HasSubstr("The validation rows chose the epochs of “two”, so the test rows"),
                     HasSubstr("No difference of validation accuracies is judged"),
                     HasSubstr("The test rows take no part in the choice."),
                     HasSubstr("it was chosen before the test rows judged"), Not(HasSubstr("<dt>Cheapest"))));
}

TEST(HtmlReport, HoldsEveryPart) {
  const SyntheticReport report = synthetic_report({"one", "two"}, 8, synthetic_images(200, 4));
  const std::string page = content_of(report, &report.images);
  for (const char* id : {"figures", "differences", "choice", "curves", "mistakes", "provenance"}) {
    EXPECT_THAT(page, HasSubstr(std::string("<section id=\"") + id + "\">"));
  }
  EXPECT_EQ(test::count_of(page, "data-spec=\"curves\""), 4U);
  EXPECT_EQ(test::count_of(page, "data-spec=\"distributions\""), 2U);
  EXPECT_EQ(test::count_of(page, "data-spec=\"differences\""), 2U);
  EXPECT_EQ(test::count_of(page, "data-spec=\"confusion\""), 6U) << "three sets of two models";
  EXPECT_EQ(test::count_of(page, "<figure"), test::count_of(page, "role=\"img\" aria-label=\""))
      << "every chart has words";
  EXPECT_THAT(page, HasSubstr("<dd>oneDNN 2.6.3 AVX2</dd>"));
  EXPECT_THAT(page, HasSubstr("src=\"data:image/png;base64,"));
}

/// A model without an objective of its own is drawn with the curve of its loss. Epochs that an older version
/// trained have no point.
TEST(HtmlReport, DrawsTheObjectiveWhereItDiffersFromTheLoss) {
  SyntheticReport report = synthetic_report({"one", "two"}, 8, synthetic_images(200, 4));
  report.stored.experiment.models[1].label_smoothing = 0.1;
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  for (RunRecord& run : report.runs) {
    if (run.model == "two") run.objective.assign(run.history.size(), kUnknown);
  }
  EXPECT_THAT(content_of(report, nullptr), Not(HasSubstr("<h3>Training objective</h3>")));
  for (RunRecord& run : report.runs) {
    if (run.model == "two") run.objective.back() = 0.625;
  }
  const std::string page = content_of(report, nullptr);
  EXPECT_EQ(test::count_of(page, "data-spec=\"curves\""), 5U);
  EXPECT_THAT(page, testing::AllOf(HasSubstr("<h3>Training objective</h3>"),
                                   HasSubstr("Line chart of objective"), HasSubstr("0.625 after epoch")));
}

TEST(HtmlReport, ShowsCalibrationWhereProbabilitiesAreKept) {
  const SyntheticReport report = synthetic_report({"one", "two"}, 6, synthetic_images(50, 4));
  const std::string page =
      html_report(analyse(report.stored, report.runs, nullptr, synthetic_calibrations({"one"})));
  EXPECT_THAT(page, HasSubstr("<section id=\"confidence\">"));
  EXPECT_EQ(test::count_of(page, "<figure data-spec=\"reliability\""), 2U) << "single runs and ensembles";
  EXPECT_THAT(
      page, HasSubstr("calibration error 18.75 points; in the highest confidence bin, confidence 93.75 % and "
                      "accuracy 75.00 %."));
  EXPECT_THAT(page, HasSubstr("one (2 of 6 runs): calibration error"));
  EXPECT_EQ(test::count_of(page, R"("low":0.3006)"), 2U) << "3 of 4 images, in both charts";
  EXPECT_EQ(test::count_of(page, R"("high":0.9544)"), 2U);
  EXPECT_THAT(page, HasSubstr("<td>2 of 6</td>"));
  EXPECT_THAT(page, Not(HasSubstr("two: calibration error"))) << "keeps none";
  EXPECT_THAT(page, HasSubstr("<td>0 of 6</td><td class=\"text\" colspan=\"7\">no class probabilities</td>"));
  EXPECT_THAT(content_of(report, nullptr), HasSubstr("run --keep-predictions</code> keeps them"));
}

TEST(HtmlReport, FetchesNothing) {
  const SyntheticReport report = synthetic_report({"one"}, 2, synthetic_images(50, 4));
  const std::string page = page_of(report, &report.images);
  EXPECT_EQ(test::count_of(page, "default-src 'none'"), 1U);
  EXPECT_EQ(test::count_of(page, "src=\"http"), 0U);
  EXPECT_EQ(test::count_of(page, "href=\"http"), 0U);
  EXPECT_EQ(test::count_of(page, "sourceMappingURL"), 0U);
}

TEST(HtmlReport, HostileNamesStayText) {
  const std::string name = "</script><script>alert(1)</script><!--\"'&\xE2\x80\xA8";
  SyntheticReport report = synthetic_report({name, "b"}, 6, synthetic_images(50, 4));
  report.stored.experiment.name = name;
  report.stored.provenance.device_name = name;
  report.stored.provenance.class_names[0] = name;
  const std::string page = page_of(report, &report.images);
  EXPECT_EQ(test::count_of(page, "<script>alert"), 0U);
  EXPECT_EQ(test::count_of(page, "<script"), test::count_of(page, "</script>"));
  EXPECT_EQ(test::count_of(page, "<!--"), 1U) << "the licence";
  EXPECT_GT(test::count_of(page, "&lt;/script&gt;&lt;script&gt;alert(1)"), 5U);
}

TEST(HtmlReport, FewRunsGiveNoInterval) {
  const SyntheticReport report = synthetic_report({"one", "two"}, 5, synthetic_images(50, 4));
  const std::string page = content_of(report, nullptr);
  EXPECT_THAT(page, HasSubstr("5 runs of each cannot tell 2 models apart, whatever the scores"));
  EXPECT_THAT(page, HasSubstr("<td>too few runs</td>"));
  EXPECT_THAT(page, Not(HasSubstr("p = ")));
  EXPECT_THAT(page, HasSubstr("0&nbsp;% failed, ≤&nbsp;45&nbsp;%")) << "what five clean runs allow";
}

TEST(HtmlReport, MarksModelsThatAreNotToldFromTheBest) {
  SyntheticReport report = synthetic_report({"one", "two", "three"}, 12, synthetic_images(50, 4));
  for (RunRecord& run : report.runs) {
    const double noise = 0.02 * static_cast<double>((run.seed * 5 + run.model.size()) % 7 % 3);
    run.final[index_of(Split::kValidation)].accuracy = (run.model == "one" ? 0.4 : 0.8) + noise;
  }
  const std::string page = content_of(report, nullptr);
  const std::size_t first = page.find("not told from the best");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(page.find("not told from the best", first + 1), std::string::npos) << "of three, one is worse";
}

TEST(HtmlReport, SaysWhichModelsAreTheSame) {
  SyntheticReport report = synthetic_report({"one", "two", "three"}, 12, synthetic_images(50, 4));
  for (RunRecord& run : report.runs) {
    const double noise = 0.02 * static_cast<double>((run.seed * 5 + run.model.size()) % 7 % 3);
    run.final[index_of(Split::kValidation)].accuracy = (run.model == "one" ? 0.4 : 0.8) + noise;
  }
  report.stored.experiment.analysis = {0.1, 5.0, false};
  const std::string page = content_of(report, nullptr);
  EXPECT_EQ(test::count_of(page, "the same as the best"), 1U);
  EXPECT_THAT(page, Not(HasSubstr("not told from the best")));
  EXPECT_THAT(page,
              HasSubstr("The smallest difference that matters is 5 points, the limit set before the runs"));
  EXPECT_THAT(page, HasSubstr("<th scope=\"col\">the same</th>"));
  EXPECT_THAT(page, HasSubstr("\"limit\":5.0"));
  EXPECT_THAT(page, HasSubstr("<dt>The same as the highest mean, and itself</dt>"));
}

TEST(HtmlReport, DotsOfValidationAndTestShareOneAxis) {
  const std::string page = content_of(synthetic_report({"one", "two"}, 6, synthetic_images(50, 4)), nullptr);
  std::vector<std::string> axes;
  for (std::size_t at = page.find("data-spec=\"distributions\""); at != std::string::npos;
       at = page.find("data-spec=\"distributions\"", at + 1)) {
    const std::size_t least = page.find("\"least\":", at);
    axes.push_back(page.substr(least, page.find(",\"format\"", least) - least));
  }
  ASSERT_EQ(axes.size(), 2U);
  EXPECT_EQ(axes[0], axes[1]);
  EXPECT_THAT(axes[0], HasSubstr("\"greatest\":"));
}

TEST(HtmlReport, NamesDifferencesThatAFewRunsCarry) {
  SyntheticReport report = synthetic_report({"one", "two"}, 60, synthetic_images(50, 4));
  EXPECT_THAT(content_of(report, nullptr), Not(HasSubstr("few runs carry")));
  for (RunRecord& run : report.runs) {
    auto& accuracy = run.final[index_of(Split::kValidation)].accuracy;
    accuracy = run.model == "two" ? 0.8 : run.seed % 10 == 3 ? 0.6 : run.seed % 2 == 0 ? 0.82 : 0.78;
  }
  const std::string page = content_of(report, nullptr);
  EXPECT_THAT(page, HasSubstr("A few runs carry the difference between “one” and “two”"));
  EXPECT_THAT(page, HasSubstr("“few runs”: a few runs carry the difference."));
}

TEST(HtmlReport, ComparesHowOftenModelsDiverge) {
  SyntheticReport report = synthetic_report({"one", "two"}, 20, synthetic_images(50, 4));
  EXPECT_THAT(content_of(report, nullptr), Not(HasSubstr("McNemar")));
  for (RunRecord& run : report.runs) {
    if (run.model == "two" && run.seed < 13) run.diverged_epoch = 2;
  }
  const std::string page = content_of(report, nullptr);
  EXPECT_THAT(page, HasSubstr("McNemar"));
  EXPECT_THAT(page, HasSubstr("65&nbsp;% failed"));
  EXPECT_THAT(page, HasSubstr("1 model is excluded because more than 10 % of the runs diverged."));
}

TEST(HtmlReport, NamesHyperParametersThatAreNotUsual) {
  SyntheticReport report = synthetic_report({"one"}, 2, synthetic_images(50, 4));
  report.stored.experiment.models[0].optimizer.beta1 = 0.8;
  report.stored.experiment.models[0].shuffle = false;
  const std::string page = content_of(report, nullptr);
  EXPECT_THAT(page, HasSubstr("adam, learning rate 0.001, beta1 0.8<"));
  EXPECT_THAT(page, HasSubstr("<th scope=\"col\">shuffle</th></tr>"));
  EXPECT_THAT(page, HasSubstr("<td>false</td></tr>"));
}

TEST(HtmlReport, OneRunOfOneModel) {
  const SyntheticReport report = synthetic_report({"only"}, 1, synthetic_images(50, 4));
  const std::string page = content_of(report, &report.images);
  EXPECT_THAT(page, HasSubstr("One run of “only”"));
  EXPECT_THAT(page, Not(HasSubstr("id=\"differences\"")));
  EXPECT_THAT(page, Not(HasSubstr(">nan")));
}

TEST(HtmlReport, ShowsTheFirstRunOfOneModelAsWellAsAll) {
  const SyntheticReport report = synthetic_report({"only"}, 5, synthetic_images(50, 4));
  const std::string page = content_of(report, &report.images);
  EXPECT_THAT(page, HasSubstr("first run only (seed 0)"));
  EXPECT_EQ(test::count_of(page, "data-spec=\"confusion\""), 6U);
}

TEST(HtmlReport, SaysWhatIsNotFinished) {
  SyntheticReport report = synthetic_report({"one", "two"}, 6, synthetic_images(50, 4));
  EXPECT_THAT(content_of(report, nullptr), Not(HasSubstr("not finished")));
  report.runs.pop_back();
  const std::string page = content_of(report, nullptr);
  EXPECT_THAT(page, HasSubstr("not finished: 11 of 12 runs are here"));
  const std::size_t ranks = page.find("<caption>Rank of each model by each metric");
  const std::string table = page.substr(ranks, page.find("</table>", ranks) - ranks);
  EXPECT_THAT(table, HasSubstr("of 6 runs</span></th>"));
  EXPECT_THAT(table, HasSubstr("of 5 runs</span></th>"));
}

/// Returns a report in which the first five of eight runs of "lottery" and all runs of "lost" diverged.
SyntheticReport diverging_report() {
  SyntheticReport report = synthetic_report({"steady", "lottery", "lost"}, 8, synthetic_images(50, 4));
  for (RunRecord& run : report.runs) {
    if (run.model == "lost" || (run.model == "lottery" && run.seed < 5)) run.diverged_epoch = 2;
  }
  return report;
}

TEST(HtmlReport, ModelsWithDivergedRunsAreInEveryTableAndChart) {
  const SyntheticReport report = diverging_report();
  const std::string page = content_of_page(html_report(
      analyse(report.stored, report.runs, &report.images, synthetic_calibrations({"steady", "lottery"}))));
  const std::string partly = "lottery</bdi> <span class=\"spread\">(5 of 8 runs diverged)</span>";
  for (const char* id : {"figures", "differences", "choice", "curves", "mistakes", "confidence"}) {
    const std::size_t start = page.find(std::string("<section id=\"") + id + "\">");
    ASSERT_NE(start, std::string::npos) << id;
    const std::string section = page.substr(start, page.find("</section>", start) - start);
    EXPECT_THAT(section, HasSubstr("5 of 8 runs diverged")) << id;
    EXPECT_THAT(section, HasSubstr("lost")) << id;
    EXPECT_THAT(section, HasSubstr("all 8 runs diverged")) << id;
  }
  // Each of the two models with diverged runs has one row in each of the tables of accuracy, of loss, of
  // first runs, of best epochs, of votes and of calibration, and in each of the six descriptions.
  EXPECT_EQ(test::count_of(page, "diverged</td></tr>"), 2U + 1 + 6 + 1 + 1 + 1);
  EXPECT_EQ(test::count_of(page, "<th scope=\"row\"><bdi>" + partly), 2U + 1 + 6 + 1 + 1 + 1);
  EXPECT_EQ(test::count_of(page, "<span><bdi>" + partly), 2U) << "the legends of curves and reliability";
  EXPECT_EQ(test::count_of(page, "lottery (5 of 8 runs diverged): mean"), 2U) << "distributions";
  EXPECT_EQ(test::count_of(page, "Confusion matrix of lottery (5 of 8 runs diverged) on"), 3U);
}

TEST(HtmlReport, WhereAllRunsDivergedTheyAreCounted) {
  SyntheticReport report = synthetic_report({"a", "b"}, 3, synthetic_images(50, 4));
  for (RunRecord& run : report.runs) run.diverged_epoch = 1;
  EXPECT_THAT(content_of(report, &report.images),
              HasSubstr("Without metrics: a (all 3 runs diverged), b (all 3 runs diverged)."));
}

TEST(HtmlReport, LongTrainingsDoNotMakeTheChartsLong) {
  SyntheticReport report = synthetic_report({"one"}, 1, synthetic_images(50, 4));
  EXPECT_THAT(content_of(report, nullptr), Not(HasSubstr("For long runs")));
  const std::size_t usual = content_of(report, nullptr).size();
  report.stored.experiment.models[0].epochs = 20'000;
  report.runs[0].history.resize(20'001, report.runs[0].history.back());
  for (std::size_t i = 0; i < report.runs[0].history.size(); ++i) {
    report.runs[0].history[i].loss += 1e-9 * static_cast<double>(i % 2);
  }
  const std::string page = content_of(report, nullptr);
  EXPECT_THAT(page, HasSubstr("the charts show at most 400 epochs per model"));
  EXPECT_THAT(page, HasSubstr("after epoch 20000."));
  EXPECT_LT(page.size(), usual + 250'000);
}

TEST(HtmlReport, NoRunsAtAll) {
  SyntheticReport report = synthetic_report({"only"}, 1, synthetic_images(50, 4));
  report.runs.clear();
  EXPECT_THAT(content_of(report, &report.images), HasSubstr("No run has finished yet."));
}

TEST(HtmlReport, AnotherDataSetIsNotUsed) {
  SyntheticReport report = synthetic_report({"only"}, 2, synthetic_images(50, 4));
  report.images.sha256[2] = "other";
  const std::string page = content_of(report, &report.images);
  EXPECT_THAT(page, Not(HasSubstr("data:image/png")));
  EXPECT_THAT(page, HasSubstr("the data set was not available"));
}

TEST(HtmlReport, EqualRunsGiveEqualPages) {
  const SyntheticReport report = synthetic_report({"one", "two"}, 6, synthetic_images(50, 4));
  EXPECT_TRUE(page_of(report, &report.images) == page_of(report, &report.images));
}

}  // namespace
}  // namespace gpu_sweep
