// Tests of the verdict as sentences, as text, as JSON and as a page.
#include "engine/statistics/judge/judgement_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/report/html/judgement_page.h"
#include "engine/report/text/judgement.h"
#include "tests/statistics/judge/judged_runs.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string sentences_of(const Judgements& found) {
  return judgement_sentences(found.datasets[0], found.family, true);
}

TEST(JudgementWords, AModelThatFailsOftenIsNeverTheBest) {
  Runs runs = Runs(6).add("a", 20, 0.90, 0.001).add("b", 20, 0.95, 0.001);
  for (std::size_t i = 20; i < 30; ++i) runs.scores.runs[i].value.reset();
  const Judgements found = judge(runs.scores, kHigher);
  EXPECT_EQ(found.datasets[0].best, 0u);
  EXPECT_EQ(found.datasets[0].models[1].failed, 10);
  EXPECT_EQ(found.datasets[0].pairs[0].n_a, 10) << "seeds where both finished";
  EXPECT_THAT(judgement_text({"s.csv", "acc", true}, found),
              testing::AllOf(HasSubstr("10 of its 20 runs failed: it is not chosen"),
                             HasSubstr("not chosen: failed")));
}

TEST(JudgementWords, AModelThatLeadsOnEqualSeedsIsSaidToBeBetterThanTheBestMean) {
  Runs runs = Runs(14).add("a", 20, 0.90, 0.0001).add("b", 20, 0.9097, 0.0001).add("c", 20, 0.7, 0.001);
  for (Score& score : runs.scores.runs) {
    if (score.seed != "0" && score.seed != "1") continue;
    if (score.model == "a") {
      score.value.reset();
    } else {
      *score.value -= 0.3;
    }
  }
  const Judgements found = judge(runs.scores, kHigher);
  ASSERT_EQ(found.datasets[0].best, 0u);
  ASSERT_TRUE(found.datasets[0].pairs[0].told);
  const std::string text = judgement_text({"s.csv", "acc", true}, found);
  EXPECT_THAT(text,
              HasSubstr("“a” has the best mean, but on the seeds that both finished, “b” is better than "
                        "“a” by 0.009"));
  EXPECT_THAT(text, HasSubstr("“a” is better than “c”."));
  EXPECT_THAT(text, HasSubstr("better than the best mean"));
  EXPECT_THAT(text, Not(HasSubstr("not told")));

  std::erase_if(runs.scores.runs, [](const Score& score) { return score.model == "c"; });
  const Judgements two = judge(runs.scores, kHigher);
  EXPECT_THAT(judgement_sentences(two.datasets[0], two.family, true),
              testing::StartsWith("On the seeds that both finished, “b” is better than “a” by 0.0"));
}

TEST(JudgementWords, AModelThatFailsOftenIsSaidToBeBetter) {
  Runs runs = Runs(15).add("a", 20, 0.90, 0.001).add("b", 20, 0.95, 0.001).add("c", 20, 0.90, 0.001);
  for (std::size_t i = 20; i < 24; ++i) runs.scores.runs[i].value.reset();
  for (const bool seeds : {true, false}) {
    const Judgements found = judge(seeds ? runs.scores : runs.without_seeds(), kHigher);
    ASSERT_NE(found.datasets[0].best, 1u);
    const std::string text = judgement_sentences(found.datasets[0], found.family, true);
    EXPECT_THAT(text, HasSubstr("has the best mean of those that may be chosen, but "));
    EXPECT_THAT(text, HasSubstr(seeds ? "on the seeds that both finished, “b” is better than "
                                      : "by the runs that finished, “b” is better than "));
    EXPECT_THAT(text, Not(testing::ContainsRegex("not told from[^.]*“b”")));
    EXPECT_THAT(text, HasSubstr("“b” has a better mean, but 4 of its 20 runs failed: it is not chosen."));
  }
}

TEST(JudgementWords, AModelThatFailsOftenIsNotTheBestOnOtherDataSets) {
  Runs runs(16);
  for (int i = 0; i < 7; ++i) {
    const std::string dataset = "d" + std::to_string(i);
    runs.add("a", 10, 0.90, 0.001, dataset).add("b", 10, 0.95, 0.001, dataset);
  }
  for (Score& score : runs.scores.runs) {
    if (score.model == "b" && score.seed < "5") score.value.reset();
  }
  const Judgements found = judge(runs.scores, kHigher);
  ASSERT_TRUE(found.other_data);
  EXPECT_EQ(found.other_data->best, 0u);
  EXPECT_EQ(found.other_data->models[1].failed, 35);
  EXPECT_EQ(found.other_data->models[1].all, 70);
  EXPECT_EQ(found.other_data->models[1].runs, 7) << "data sets";
  EXPECT_THAT(judgement_sentences(*found.other_data, 1, true),
              testing::AllOf(HasSubstr("On these data sets, “b” is better than “a”"),
                             HasSubstr("35 of its 70 runs failed: it is not chosen.")));
  EXPECT_THAT(judgement_text({"s.csv", "acc", true}, found), HasSubstr("35 of 70 (up to 6"));
}

TEST(JudgementWords, TooFewRunsAreReportedWhateverTheScores) {
  const Runs runs = Runs(7).add("a", 3, 0.5, 0.001).add("b", 3, 0.9, 0.001);
  const std::string text = judgement_text({"s.csv", "acc", true}, judge(runs.scores, kHigher));
  EXPECT_THAT(text, HasSubstr("3 runs of each cannot tell 2 models apart, whatever the scores: it takes 4."));
  EXPECT_THAT(text, Not(HasSubstr("is better than")));
  EXPECT_THAT(text, HasSubstr("0 (up to 63 %)")) << "1 - 0.05^(1/3)";
}

TEST(JudgementWords, TooFewRunsOfOneModelAreReported) {
  const auto verdict = [](const Scores& scores, const JudgeOptions& options = {}) {
    const Judgements found = judge(scores, options);
    return judgement_sentences(found.datasets[0], found.family, true);
  };
  Runs runs = Runs(17).add("a", 4, 0.5, 0.001).add("b", 2, 0.9, 0.001);
  EXPECT_EQ(verdict(runs.scores),
            "2 and 4 runs cannot tell 2 models apart, whatever the scores: it takes 4 of each.");
  EXPECT_EQ(verdict(runs.scores, paired(Pairing::kSeed)),
            "2 seeds cannot tell 2 models apart, whatever the scores: it takes 6.");
  for (std::size_t i = 4; i < 6; ++i) runs.scores.runs[i].seed += "0";
  runs.scores.runs[4].seed = "100";
  EXPECT_EQ(verdict(runs.scores, paired(Pairing::kSeed)),
            "No two models finished a run on the same seed, so none is compared.");
  for (std::size_t i = 4; i < 6; ++i) runs.scores.runs[i].value.reset();
  EXPECT_EQ(verdict(runs.scores), "No two models have finished runs, so none is compared.");
}

TEST(JudgementWords, SeedsAreThoseOfThePairsSpokenOf) {
  Runs runs = Runs(19).add("a", 12, 0.9, 0.001).add("b", 12, 0.9, 0.001).add("c", 12, 0.8, 0.001);
  runs.scores.runs.back().value.reset();
  JudgeOptions options = paired(Pairing::kSeed);
  const Judgements found = judge(runs.scores, options);
  EXPECT_THAT(sentences_of(found),
              testing::EndsWith("2 are told apart (11 to 12 seeds, 3 pairs corrected)."));
}

TEST(JudgementWords, EqualMeansAreSaidToBeEqual) {
  Runs runs = Runs(18).add("a", 12, 0.9, 0.001);
  for (std::size_t i = 0; i < 12; ++i) {
    runs.scores.runs[i].value = 0.5 + 0.001 * static_cast<double>(i);
    Score other = runs.scores.runs[i];
    other.model = "b";
    other.value = 0.5 + 0.001 * static_cast<double>(11 - i);
    runs.scores.runs.push_back(other);
  }
  const Judgements found = judge(runs.scores, kHigher);
  EXPECT_THAT(judgement_sentences(found.datasets[0], 1, true), HasSubstr("is better: their means are equal"));
}

TEST(JudgementWords, WordsFollowTheIntervals) {
  const auto sentences = [](const Judgements& found, bool higher) {
    return judgement_sentences(found.datasets[0], found.family, higher);
  };
  JudgeOptions lower;
  lower.higher_is_better = false;
  const Runs apart = Runs(8).add("a", 12, 0.90, 0.001).add("b", 12, 0.95, 0.001);
  EXPECT_THAT(sentences(judge(apart.scores, kHigher), true),
              testing::StartsWith("“b” is better than “a” by 0.0"));
  EXPECT_THAT(sentences(judge(apart.scores, lower), false),
              testing::StartsWith("“a” is better than “b” by 0.0"));
  const Runs three = Runs(8).add("a", 12, 0.90, 0.001).add("b", 12, 0.95, 0.001).add("c", 12, 0.8, 0.001);
  EXPECT_THAT(sentences(judge(three.scores, kHigher), true),
              testing::StartsWith("“b” is better than both others. Closest: "));
  const Runs close = Runs(9).add("a", 12, 0.90, 0.001).add("b", 12, 0.90, 0.001);
  EXPECT_THAT(sentences(judge(close.scores, kHigher), true),
              testing::AllOf(HasSubstr("do not say which of"), Not(HasSubstr("is better than"))));
  const Runs many = Runs(10).add("a", 12, 0.90, 0.001).add("b", 12, 0.95, 0.001).add("c", 12, 0.9501, 0.001);
  EXPECT_THAT(sentences(judge(many.scores, kHigher), true),
              testing::AllOf(HasSubstr("has the best mean, but is not told from"),
                             HasSubstr("It is better than “a”.")));
}

TEST(JudgementWords, ModelsThatDifferByLessThanWhatMattersAreTheSame) {
  JudgeOptions options = kHigher;
  options.smallest_difference = 0.005;
  const Runs two = Runs(23).add("a", 20, 0.90, 0.001).add("b", 20, 0.90, 0.001);
  const Judgements found = judge(two.scores, options);
  EXPECT_FALSE(found.datasets[0].pairs[0].told);
  EXPECT_THAT(sentences_of(found), HasSubstr(" differ by less than 0.005, the limit that was given ("));
  EXPECT_THAT(judgement_text({"s.csv", "acc", true}, found),
              testing::AllOf(HasSubstr("the same as the best"), Not(HasSubstr("not told from the best"))));
  const auto json = judgement_json({"s.csv", "acc", true}, found).at("datasets").at(0);
  EXPECT_TRUE(json.at("pairs").at(0).at("equivalence").at("same").get<bool>());
  EXPECT_EQ(json.at("smallest_difference"), 0.005);
  const Runs many = Runs(23).add("a", 20, 0.90, 0.001).add("b", 20, 0.90, 0.001).add("c", 20, 0.80, 0.001);
  EXPECT_THAT(sentences_of(judge(many.scores, options)),
              testing::AllOf(HasSubstr(" has the best mean. "),
                             HasSubstr(" differ by less than 0.005, the limit that was given."),
                             HasSubstr(" is better than “c”."), Not(HasSubstr("is not told"))));
  EXPECT_FALSE(judge(two.scores, kHigher).datasets[0].pairs[0].equivalence);
}

TEST(JudgementWords, TheShareOfFailedRunsThatIsAllowedCanBeSet) {
  Runs runs = Runs(6).add("a", 20, 0.90, 0.001).add("b", 20, 0.95, 0.001);
  for (std::size_t i = 20; i < 24; ++i) runs.scores.runs[i].value.reset();
  JudgeOptions options = kHigher;
  EXPECT_EQ(judge(runs.scores, options).datasets[0].best, 0u);
  options.max_failed = 0.2;
  EXPECT_EQ(judge(runs.scores, options).datasets[0].best, 1u) << "4 of 20 is not more";
  for (Score& score : runs.scores.runs) {
    if (score.seed == "7" || score.seed < "4") score.value.reset();
  }
  EXPECT_THAT(sentences_of(judge(runs.scores, options)),
              HasSubstr("each failed in more than 20 % of its runs"));
}

TEST(JudgementWords, ModelsThatLackADataSetAreNamed) {
  Runs runs(8);
  for (int i = 0; i < 6; ++i) {
    const std::string dataset = "d" + std::to_string(i);
    runs.add("a", 10, 0.90, 0.001, dataset).add("b", 10, 0.91, 0.001, dataset);
    if (i > 0) runs.add("new", 10, 0.92, 0.001, dataset);
  }
  const Judgements found = judge(runs.scores, kHigher);
  ASSERT_TRUE(found.other_data);
  EXPECT_EQ(found.left_out_of_other_data, std::vector<std::string>{"new"});
  const std::string note =
      "Left out of the verdict on other data sets, without finished runs on each: “new”.";
  const JudgedTable table = {"s.csv", "acc", true};
  EXPECT_THAT(judgement_text(table, found), HasSubstr(note));
  EXPECT_THAT(judgement_page(table, found), HasSubstr(note));
  EXPECT_EQ(judgement_json(table, found).at("left_out_of_other_data_sets").at(0), "new");
}

TEST(JudgementWords, JsonSaysTheSame) {
  const Runs runs = Runs(11).add("a", 12, 0.90, 0.001).add("b", 3, 0.95, 0.001);
  const Judgements found = judge(runs.scores, kHigher);
  const auto json = judgement_json({"s.csv", "acc", true}, found);
  const auto& pair = json.at("datasets").at(0).at("pairs").at(0);
  EXPECT_EQ(pair.at("told").get<bool>(), found.datasets[0].pairs[0].told);
  EXPECT_EQ(pair.at("p_holm").get<double>(), found.datasets[0].pairs[0].p_holm);
  EXPECT_EQ(pair.at("interval").at(0).get<double>(), found.datasets[0].pairs[0].interval->low);
  EXPECT_EQ(json.at("datasets").at(0).at("rule"), "unpaired");
}

TEST(JudgementWords, ThePageEscapesNamesAndRunsNoScript) {
  const Runs runs = Runs(12).add("<script>a", 12, 0.90, 0.001).add("b & c", 12, 0.95, 0.001);
  const std::string page = judgement_page({"dir/<s>.csv", "acc", true}, judge(runs.scores, kHigher));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, HasSubstr("“b &amp; c” is better than “&lt;script&gt;a” by 0.0"));
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, HasSubstr("&lt;s&gt;.csv"));
}

TEST(JudgementWords, ThePageSaysWhatItLeavesOut) {
  const JudgedTable table = {"s.csv", "acc", true};
  Runs many(19);
  for (int i = 0; i < 33; ++i) many.add("m" + std::to_string(i), 2, 0.9, 0.001);
  EXPECT_THAT(judgement_page(table, judge(many.scores, kHigher)), HasSubstr("Only pairs with the best mean"));
  Runs two(20);
  for (const char* dataset : {"x", "y"})
    two.add("a", 4, 0.9, 0.001, dataset).add("b", 4, 0.9, 0.001, dataset);
  const std::string page = judgement_page(table, judge(two.scores, kHigher));
  EXPECT_THAT(page, HasSubstr("Nothing is said about other data sets: that takes 6 of them"));
  EXPECT_THAT(page, Not(HasSubstr("Only pairs with")));
}

TEST(JudgementWords, ThePageShowsTheVerdictFirstAndFitsNarrowScreens) {
  const std::string name = "ä-model-with-a-name-of-many-more-letters";
  const Runs runs = Runs(23).add(name, 12, 0.90, 0.001).add("b", 12, 0.95, 0.001);
  const std::string page = judgement_page({"s.csv", "acc", true}, judge(runs.scores, kHigher));
  EXPECT_THAT(page, HasSubstr("best mean</span></th><td>0.9"));
  EXPECT_THAT(page, HasSubstr("told</span></th><td>−0.0"));
  EXPECT_THAT(page, HasSubstr(">over ä-model-with-a-name…</text>"));
  EXPECT_THAT(page, HasSubstr("@media (max-width: 480px) { .leads text { font-size: 30px; } }"));
}

TEST(JudgementWords, ThePageOfTooFewRunsHasNoPicture) {
  const Runs runs = Runs(13).add("a", 3, 0.5, 0.001).add("b", 3, 0.9, 0.001);
  const std::string page = judgement_page({"s.csv", "acc", true}, judge(runs.scores, kHigher));
  EXPECT_THAT(page, Not(HasSubstr("<svg")));
  EXPECT_THAT(page, HasSubstr("any value"));
}

}  // namespace
}  // namespace gpu_sweep
