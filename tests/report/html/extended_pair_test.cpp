// A study of two models that was extended after a look says so, with its verdict, in one sentence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/report/export/latex.h"
#include "engine/report/export/summary_json.h"
#include "engine/report/html/escape.h"
#include "engine/report/html/html_report.h"
#include "engine/report/text/results_text.h"
#include "tests/report/synthetic_report.h"

namespace gpu_sweep {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

int count_of(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

class ExtendedPair : public testing::Test {
 protected:
  /// The second model is better by 20 points, plus half of what the synthetic models differ by.
  ExtendedPair() : report_(synthetic_report({"a", "b"}, 16, synthetic_images(400, 4))) {
    report_.stored.experiment.analysis.looks = {8};
    for (RunRecord& run : report_.runs) {
      for (SplitMetrics& split : run.final)
        split.accuracy = split.accuracy / 2 + (run.model == "b" ? 0.2 : 0);
    }
  }

  ReportAnalysis analysis() const { return analyse(report_.stored, report_.runs, nullptr); }

  SyntheticReport report_;
};

TEST_F(ExtendedPair, HasOneHeadline) {
  const std::string headline = analysis().differences();
  EXPECT_THAT(headline,
              ContainsRegex("^This study was extended from 8 to 16 runs after a look; counting every look, p "
                            "[=<] [0-9.]+ \\(as if planned, p [=<] [0-9.]+\\), so: “b” is better than “a” on "
                            "these images by "));
  EXPECT_EQ(summary_json(report_.stored, report_.runs)["verdict"]["sentence"], headline);
}

TEST_F(ExtendedPair, SaysItOnceOnThePageTheTerminalAndInThePaper) {
  const std::string extended = "This study was extended from 8 to 16 runs after a look";
  const std::string terms = "p and intervals count a look after every seed";
  const ReportAnalysis found = analysis();
  const std::string page = content_of_page(html_report(found));
  EXPECT_NE(page.find("<p class=\"verdict\">" + escape_html(found.differences()) +
                      "</p>\n<p class=\"verdict\">" + terms),
            std::string::npos);
  EXPECT_EQ(count_of(page, extended), 1);
  const std::string text = results_text(found);
  EXPECT_EQ(count_of(text, extended), 1);
  EXPECT_THAT(text, HasSubstr(found.differences() + " " + terms));
  EXPECT_LT(text.find(extended), text.find("accuracy")) << "in the first lines";
  EXPECT_THAT(text, HasSubstr("\n\n" + found.choice() + "\n"));
  const std::string paper = latex_files(found)[1].second;
  EXPECT_EQ(count_of(paper, extended), 1);
  EXPECT_THAT(paper, HasSubstr(", so: “b” is better than “a” on these images by "));
}

TEST_F(ExtendedPair, MayBeUndecided) {
  for (RunRecord& run : report_.runs) {
    if (run.model == "b") {
      for (SplitMetrics& split : run.final) split.accuracy -= 0.2;
    }
  }
  EXPECT_THAT(analysis().differences(), HasSubstr("), so: these runs do not say which of "));
}

TEST_F(ExtendedPair, OfThreeModelsHasItsOwnParagraph) {
  report_ = synthetic_report({"a", "b", "c"}, 16, synthetic_images(400, 4));
  report_.stored.experiment.analysis.looks = {8};
  EXPECT_THAT(analysis().differences(), Not(HasSubstr("extended")));
  EXPECT_THAT(analysis().design.beside_verdict(), HasSubstr("of 3 pairs differ (as if planned, "));
}

}  // namespace
}  // namespace gpu_sweep
