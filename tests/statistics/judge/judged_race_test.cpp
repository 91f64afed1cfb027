// The verdict of `judge` on the exported table of a race is the verdict of the race.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "engine/report/analysis.h"
#include "engine/report/export/csv.h"
#include "engine/report/html/judgement_page.h"
#include "engine/statistics/judge/judge.h"
#include "engine/statistics/judge/judgement_words.h"
#include "engine/statistics/race.h"
#include "gpu_sweep/error.h"
#include "tests/statistics/bought_study.h"

namespace gpu_sweep {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A race that race() trains, with mean validation accuracies `means`. The test accuracies of the second
/// model are 2 points below its validation accuracies.
class JudgedRace : public testing::Test {
 protected:
  void race(const std::vector<double>& means, int most = 45) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < means.size(); ++i) names.push_back("m" + std::to_string(i));
    stored_.experiment = synthetic_experiment(names, most);
    stored_.experiment.analysis.until_decided = stored_.experiment.analysis.race = true;
    const auto train = [&](std::size_t model, int seed) {
      RunRecord run = drawn_run(stored_.experiment, model, seed, means[model], 0.003);
      run.final[index_of(Split::kTest)].accuracy -= model == 1 ? 0.02 : 0;
      return run;
    };
    runs_ =
        buy(stored_.experiment, train, [](const std::vector<RunRecord>& missing) { return missing.size(); });
    std::ranges::sort(runs_, {}, [](const RunRecord& run) { return std::pair(run.model, run.seed); });
  }

  Judgements judged(std::optional<MissingScores> missing = {}) const {
    ScoreTableOptions options;
    options.columns = {{"score", "test_accuracy"}};
    options.missing = missing;
    return judge(read_scores(parse_csv(runs_csv(stored_, runs_), "runs.csv"), "runs.csv", options), {});
  }

  static std::string sentences(const Judgements& found) {
    return judgement_sentences(found.datasets.at(0), found.family, true);
  }

  StoredExperiment stored_;
  std::vector<RunRecord> runs_;
};

TEST_F(JudgedRace, GetsTheVerdictOfTheRace) {
  race({0.9, 0.8985, 0.89, 0.9, 0.8});
  const ReportAnalysis study = analyse(stored_, runs_, nullptr);
  ASSERT_EQ(study.models.size(), 3u) << "two models leave";
  const Judgements found = judged();
  const Judgement& judgement = found.datasets.at(0);
  EXPECT_EQ(found.family, study.family);
  EXPECT_EQ(found.family, 10u) << "the correction covers the models that left";
  EXPECT_EQ(judgement.models.size(), 5u) << "no row disappears";
  ASSERT_EQ(judgement.pairs.size(), study.on_test.size());
  bool told = false;
  for (std::size_t i = 0; i < study.on_test.size(); ++i) {
    const Comparison& expected = study.on_test[i];
    const JudgedPair& pair = judgement.pairs[i];
    EXPECT_EQ(judgement.models[pair.a].name, expected.a);
    EXPECT_EQ(judgement.models[pair.b].name, expected.b);
    EXPECT_EQ(pair.n_a, expected.n);
    EXPECT_EQ(pair.p, expected.p);
    EXPECT_EQ(pair.p_holm, expected.p_holm);
    EXPECT_EQ(pair.told, expected.told);
    EXPECT_EQ(pair.interval, expected.interval);
    EXPECT_EQ(pair.simultaneous, expected.simultaneous);
    told = told || pair.told;
  }
  EXPECT_TRUE(told) << "some pair that remains is told apart";
  for (const Leaver& each : study.design.purchase->left) {
    EXPECT_EQ(judgement.models[each.model].left_race_after, each.seeds);
    EXPECT_EQ(judged_mark(judgement, each.model, true), left_text(each.seeds));
  }
}

TEST_F(JudgedRace, SaysWhatTheRaceSays) {
  race({0.9, 0.8985, 0.89, 0.9, 0.8});
  const std::string study = analyse(stored_, runs_, nullptr).design.sentence;
  const std::string who = who_left(5, {4, 4});
  EXPECT_EQ(who, "2 of 5 models left it after 4 seeds");
  EXPECT_THAT(study,
              AllOf(HasSubstr(": " + who + ". 3 remain"),
                    HasSubstr("is dropped in at most 5 % of such races, however often they are looked at, "
                              "if accuracies are normal and spread equally over the seeds of every model")));
  const Judgements found = judged();
  EXPECT_THAT(sentences(found), HasSubstr(" has the best mean of those that remain, but"));
  EXPECT_THAT(sentences(found), HasSubstr(" Seeds were bought as a race by validation accuracy: " + who +
                                          ". 3 remain. " + race_guarantee()));
  EXPECT_THAT(sentences(found), Not(HasSubstr("failed")));
  EXPECT_NE(judgement_page({"runs.csv", "test_accuracy", true}, found).find("left the race after 4 seeds"),
            std::string::npos);
  EXPECT_EQ(who_left(60, {4, 4, 6, 9}),
            "4 of 60 models left it, 2 of them after 4 seeds, 1 after 6 and 1 after 9");
}

TEST_F(JudgedRace, AModelThatLeftLacksNoSeeds) {
  race({0.9, 0.8985, 0.89, 0.9, 0.8});
  const Judgements found = judged(MissingScores::kFailed);
  for (const JudgedModel& each : found.datasets.at(0).models) {
    EXPECT_EQ(each.failed, 0) << each.name;
  }
}

TEST_F(JudgedRace, MayLeaveOneModelOrNone) {
  race({0.9, 0.8, 0.7});
  ASSERT_EQ(analyse(stored_, runs_, nullptr).models.size(), 1u);
  EXPECT_THAT(sentences(judged()),
              AllOf(HasSubstr("“m0” is the only model that remains in the race; its mean is 0."),
                    HasSubstr(". 1 remains. ")));
  Scores scores;
  scores.seeds = scores.until_decided = scores.race = true;
  for (const char* model : {"a", "b", "c"}) {
    for (const char* seed : {"0", "1"}) scores.runs.push_back({model, "", seed, "", 0.5, 0, 2});
  }
  EXPECT_THAT(sentences(judge(scores, {})), testing::StartsWith("No model remains in the race. Seeds were"));
}

TEST_F(JudgedRace, IsJudgedOnOneDataSet) {
  Scores scores;
  scores.seeds = scores.until_decided = scores.race = true;
  for (const char* dataset : {"x", "y"}) {
    for (const char* model : {"a", "b"}) scores.runs.push_back({model, dataset, "0", "", 0.5});
  }
  try {
    judge(scores, {});
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("found several data sets in a table with models that left a race"));
  }
}

}  // namespace
}  // namespace gpu_sweep
