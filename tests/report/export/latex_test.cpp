#include "engine/report/export/latex.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "engine/report/export/summary_json.h"
#include "engine/statistics/wording.h"
#include "tests/report/synthetic_report.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;

TEST(Latex, EscapesWhatItWouldInterpret) {
  EXPECT_EQ(latex_text("50 % of $a_b & {c}#~^\\d −1"),
            "50 \\% of \\$a\\_b \\& \\{c\\}\\#\\textasciitilde{}\\textasciicircum{}\\textbackslash{}d $-$1");
}

class LatexFiles : public testing::Test {
 protected:
  LatexFiles() : report_(synthetic_report({"one_hidden", "two", "three"}, 12, synthetic_images(400, 4))) {
    report_.runs[3].diverged_epoch = 2;
    report_.stored.experiment.analysis = {0.2, 0.5, true};
  }
  std::map<std::string, std::string> files() {
    const ReportAnalysis analysis = analyse(report_.stored, report_.runs, nullptr);
    const auto found = latex_files(analysis);
    return {found.begin(), found.end()};
  }
  SyntheticReport report_;
};

TEST_F(LatexFiles, AreTablesAndAParagraph) {
  auto found = files();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_THAT(found["models.tex"], HasSubstr("one\\_hidden & 11 & 8\\,\\% ($\\le$ 34\\,\\%) & $"));
  EXPECT_THAT(found["pairs.tex"], HasSubstr(" & the same \\\\\n"));
  EXPECT_THAT(found["pairs.tex"],
              testing::AllOf(HasSubstr("one\\_hidden -- two &"), HasSubstr("one\\_hidden -- three &"),
                             HasSubstr("\ntwo -- three &")));
  EXPECT_THAT(found["methods.tex"],
              testing::AllOf(HasSubstr("We trained 12 runs of each of 3 models with gpu\\_sweep 0.1.0"),
                             HasSubstr("1 of 36 runs diverged"), HasSubstr("more than 20 \\% of the runs"),
                             HasSubstr("over all 3 pairs"),
                             HasSubstr("two-way analysis of variance of the right answers"),
                             HasSubstr("below 0.5 points do not matter, a limit set after the runs")));
}

TEST_F(LatexFiles, CountOnePairAndOnePoint) {
  report_ = synthetic_report({"a", "b"}, 12, synthetic_images(400, 4));
  report_.stored.experiment.analysis = {0.2, 1.0, false};
  EXPECT_THAT(files()["methods.tex"], testing::AllOf(HasSubstr("correction over the only pair at"),
                                                     HasSubstr("Differences below 1 point do not matter"),
                                                     testing::Not(HasSubstr("1 points,"))));
}

TEST_F(LatexFiles, SayHowSeedsWereBought) {
  report_.stored.experiment.analysis.until_decided = true;
  auto found = files();
  EXPECT_THAT(found["pairs.tex"], HasSubstr("a test valid after every look"));
  EXPECT_THAT(found["methods.tex"],
              testing::AllOf(HasSubstr("We trained at most 12 runs of each of 3 models"),
                             HasSubstr("stay valid under a look after every seed"),
                             HasSubstr("Seeds were bought only where models were undecided, at most 12"),
                             testing::Not(HasSubstr("sign-flip"))));
}

TEST_F(LatexFiles, SayWhichRowsJudge) {
  report_.stored.experiment.models[0].early_stopping = {Monitor::kValidationLoss, 3, 0, true};
  auto found = files();
  EXPECT_THAT(found["pairs.tex"], HasSubstr("Differences of test accuracy on equal seeds"));
  EXPECT_THAT(found["methods.tex"], testing::AllOf(HasSubstr("Models are compared by test accuracy"),
                                                   HasSubstr("The validation rows chose the epochs of")));
}

/// The tables show accuracies in percent, with two decimals.
TEST_F(LatexFiles, HaveTheNumbersOfTheSummary) {
  auto found = files();
  const auto summary = summary_json(report_.stored, report_.runs);
  std::string known;
  const auto add = [&](double share) { known += fmt::format(" {:.2f} ", 100 * share); };
  for (const auto& model : summary.at("models")) {
    for (const char* key : {"valid_accuracy", "test_accuracy"}) {
      add(model.at(key).at("mean").get<double>());
      add(model.at(key).at("std").get<double>());
    }
  }
  for (const auto& pair : summary.at("pairs")) {
    add(pair.at("difference").get<double>());
    for (const auto& end : pair.at("interval")) add(end.get<double>());
    known += " " + p_number(pair.at("p_holm").get<double>()) + " ";
  }
  const std::regex number("-?[0-9]+\\.[0-9]{2}(?=[$,\\]\\\\ ])");
  int checked = 0;
  for (const char* file : {"models.tex", "pairs.tex"}) {
    std::string text = found[file];
    text = text.substr(text.find("\\midrule"));
    for (std::sregex_iterator each(text.begin(), text.end(), number), end; each != end; ++each) {
      ++checked;
      EXPECT_THAT(known, HasSubstr(" " + each->str() + " ")) << file << ": " << text;
    }
  }
  EXPECT_GE(checked, 12 + 2 * 3);
}

}  // namespace
}  // namespace gpu_sweep
