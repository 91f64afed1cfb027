#include "engine/statistics/judge/scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;

Scores read(const std::string& text, const ScoreTableOptions& options = {}) {
  return read_scores(parse_csv(text, "s.csv"), "s.csv", options);
}

std::string refusal(const std::string& text, const ScoreTableOptions& options = {}) {
  try {
    read(text, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kData);
    return error.what();
  }
  ADD_FAILURE() << "accepted: " << text;
  return "";
}

ScoreTableOptions missing(MissingScores what) {
  ScoreTableOptions options;
  options.missing = what;
  return options;
}

TEST(Scores, LongTable) {
  const Scores scores =
      read("model,seed,score\na,0,0.5\na,1.0,nan\nb,0,-inf\n'=b,0,1e-3\n'=b,1,0.25\nb,1,+0.5\n");
  ASSERT_EQ(scores.runs.size(), 6u);
  EXPECT_TRUE(scores.seeds);
  EXPECT_EQ(scores.runs[0].value, 0.5);
  EXPECT_FALSE(scores.runs[1].value) << "NaN is a failed run";
  EXPECT_EQ(scores.runs[1].seed, "1");
  EXPECT_FALSE(scores.runs[2].value) << "infinite is a failed run";
  EXPECT_EQ(scores.runs[3].model, "=b") << "as exports guard it";
  EXPECT_EQ(scores.runs[5].value, 0.5);
}

TEST(Scores, OfValidationRowsThatTookPartInTrainingAreRefused) {
  const std::string table =
      "model,seed,valid_accuracy,test_accuracy,judged_on\na,0,0.5,0.4,test\na,1,0.6,0.5,test\n"
      "b,0,0.5,0.4,test\nb,1,0.6,0.5,test\n";
  ScoreTableOptions options;
  options.columns = {{"score", "valid_accuracy"}};
  EXPECT_EQ(refusal(table, options),
            "s.csv, line 2: found scores of 'valid_accuracy' in a study judged on test rows, expected "
            "score=test_accuracy: its validation rows took part in training or in a race");
  options.columns = {{"score", "test_accuracy"}};
  EXPECT_EQ(read(table, options).runs.size(), 4U);
}

TEST(Scores, OfValidationRowsOfEachSeedAreOnlyJudgedAsRandomSplits) {
  const std::string table =
      "model,seed,valid_accuracy,test_accuracy,validation_split\na,0,0.5,0.4,per_run\na,1,0.6,0.5,per_run\n"
      "b,0,0.5,0.4,per_run\nb,1,0.6,0.5,per_run\n";
  ScoreTableOptions options;
  options.columns = {{"score", "valid_accuracy"}};
  EXPECT_EQ(refusal(table, options),
            "s.csv, line 2: found scores of 'valid_accuracy' in a study that splits anew for each seed, "
            "expected split=seed, and --test-share with the share of validation rows");
  options.columns = {{"score", "valid_accuracy"}, {"split", "seed"}};
  EXPECT_EQ(read(table, options).resampling, Resampling::kSplits);
  options.columns = {{"score", "test_accuracy"}};
  EXPECT_EQ(read(table, options).resampling, Resampling::kNone);
}

TEST(Scores, OfARaceSayWhichModelsLeft) {
  const Scores scores =
      read("model,seed,score,left_race_after\na,0,1,\na,1,2,\na,2,2,\nb,0,1,2.0\nb,1,2,2.0\n");
  EXPECT_TRUE(scores.race);
  EXPECT_TRUE(scores.until_decided);
  EXPECT_EQ(scores.runs.size(), 5u) << "“b” lacks no run";
  EXPECT_FALSE(scores.runs[0].left_race_after);
  EXPECT_EQ(scores.runs[4].left_race_after, 2);
  EXPECT_FALSE(read("model,seed,score\na,0,1\na,1,2\nb,0,1\nb,1,2\n").race);
  EXPECT_EQ(
      refusal("model,seed,score,left_race_after\na,0,1,\na,1,2,2\nb,0,1,\nb,1,2,\n"),
      "s.csv, line 3: found a model that left a race in some rows and remains, or left at another time, in "
      "others, expected one value for 'a'");
  for (const char* cell : {"0", "2.5", "soon", "nan", "1e10"}) {
    EXPECT_THAT(refusal(std::string("model,seed,score,left_race_after\na,0,1,") + cell + "\n"),
                HasSubstr(std::string("line 2: found '") + cell +
                          "' in the column of models that left a race, expected the number of seeds"));
  }
  EXPECT_THAT(refusal("seed,a,b,left_race_after\n0,1,2,3\n1,2,3,3\n"), HasSubstr("found no column 'model'"));
  EXPECT_EQ(
      refusal("model,seed,score,left_race_after\na,0,1,1\na,1,2,1\nb,0,1,\nb,1,2,\n"),
      "s.csv, line 3: found row 2 of the model 'a', which left the race after 1 seeds, expected 1 rows");
}

TEST(Scores, WideTable) {
  const Scores scores = read("fold,svm,tree\n0,0.5,0.25\n1,0.75,nan\n");
  ASSERT_EQ(scores.runs.size(), 4u);
  EXPECT_EQ(scores.resampling, Resampling::kFolds);
  EXPECT_EQ(scores.runs[1].model, "tree");
  EXPECT_EQ(scores.runs[1].fold, "0");
  EXPECT_FALSE(scores.runs[3].value);
}

TEST(Scores, ColumnsOfOtherTools) {
  ScoreTableOptions options;
  options.columns = {{"model", "params.arch"}, {"seed", "params.seed"}, {"score", "metrics.acc"}};
  const Scores scores = read(
      "run_id,State,params.arch,params.seed,metrics.acc\nx,FINISHED,a,0,0.5\ny,crashed,a,1,0.4\nz,FAILED,b,0,"
      "\n"
      "w,FINISHED,b,1,0.3\n",
      options);
  ASSERT_EQ(scores.runs.size(), 4u);
  EXPECT_EQ(scores.runs[0].value, 0.5);
  EXPECT_FALSE(scores.runs[1].value);
  EXPECT_FALSE(scores.runs[2].value);
  options.columns["score"] = "metrics.ac";
  EXPECT_THAT(
      refusal("params.arch,params.seed,metrics.acc\na,0,1\n", options),
      HasSubstr(
          "line 1: found no column 'metrics.ac' (did you mean 'metrics.acc'?), expected it as the score"));
}

TEST(Scores, CountsAreScores) {
  const Scores scores = read("model,seed,n_right,n\na,0,5,10\na,1,6,10\nb,0,7,10\nb,1,8,10\n");
  EXPECT_EQ(scores.runs[3].value, 0.8);
  EXPECT_EQ(scores.runs[3].answers, 10);
  EXPECT_THAT(refusal("model,seed,score,n_right,n\na,0,0.6,5,10\n"),
              HasSubstr("line 2: found the score 0.6 for 5 right"));
  EXPECT_THAT(refusal("model,seed,n_right,n\na,0,5,0\n"), HasSubstr("line 2: found no count of answers"));
}

TEST(Scores, CountsAreWholeNumbers) {
  for (const char* right : {"12", "-1", "2.5"}) {
    EXPECT_THAT(refusal(std::string("model,seed,n_right,n\na,0,") + right + ",10\n"),
                HasSubstr(std::string("line 2: found ") + right +
                          " right answers, expected a whole number from 0 to 10"));
  }
  EXPECT_THAT(refusal("model,seed,n_right,n\na,0,5,12.5\n"),
              HasSubstr("expected a whole number of 1 or more"));
}

TEST(Scores, ModelsWithoutScoresDoNotVanish) {
  const std::string text = "seed,a,b,c\n0,1,2,\n1,1,2,\n2,1,3,\n";
  EXPECT_THAT(refusal(text, missing(MissingScores::kNotRun)),
              HasSubstr("line 4: found no score of 'c' with --missing not-run, expected several"));
  EXPECT_THAT(refusal("seed,a,b\n0,1,2\n1,1,\n2,1,\n", missing(MissingScores::kNotRun)),
              HasSubstr("line 4: found one score of 'b' with --missing not-run, expected several"));
  EXPECT_EQ(read(text, missing(MissingScores::kFailed)).runs.size(), 9u);
}

TEST(Scores, EachDataSetHasTwoModels) {
  EXPECT_THAT(refusal("dataset,model,score\nx,a,1\nx,a,2\nx,b,1\nx,b,2\ny,a,1\ny,a,2\n"),
              HasSubstr("s.csv, line 7: found fewer than two models on 'y', expected two or more"));
}

TEST(Scores, AWideTableHasColumnsOfModelsOnly) {
  for (const char* name : {"n", "n_right", "N", "diverged_epoch", "status"}) {
    EXPECT_THAT(refusal(std::string("seed,a,b,") + name + "\n0,1,2,3\n1,2,3,4\n"),
                HasSubstr("line 1: found no column 'model'"));
  }
  EXPECT_THAT(refusal("seed,epoch,a,b\n0,9,1,2\n1,9,2,3\n"),
              HasSubstr("line 1: found the column 'epoch' among those of models, expected none, or --columns "
                        "step=epoch"));
  EXPECT_THAT(refusal("seed,step,a,b\n0,9,1,2\n1,8,2,3\n"),
              HasSubstr("line 3: found a run that ended at step '8', expected '9'"));
  ScoreTableOptions options;
  options.columns = {{"step", "epoch"}};
  EXPECT_EQ(read("seed,epoch,a,b\n0,9,1,2\n1,9,2,3\n", options).runs.size(), 4u);
}

TEST(Scores, TheColumnSpelledAsItsRoleIsTaken) {
  const Scores scores = read("model,seed,Score,score\na,0,9,1\na,1,9,2\nb,0,9,3\nb,1,9,4\n");
  EXPECT_EQ(scores.runs[3].value, 4);
  EXPECT_THAT(refusal("model,seed,Score,SCORE\na,0,9,1\n"),
              HasSubstr("line 1: found the columns 'Score' and 'SCORE', expected one of them, or --columns "
                        "score=NAME"));
  EXPECT_EQ(read("seed,Seed,a,b\n0,7,1,2\n1,8,2,3\n").runs.size(), 4u) << "Seed is no model";
}

TEST(Scores, NoEpochOfDivergenceIsNoFailure) {
  const Scores scores = read("model,score,diverged_epoch\na,1,NA\na,2,\nb,1,nan\nb,2,3\nb,2,None\n");
  EXPECT_TRUE(scores.runs[0].value);
  EXPECT_TRUE(scores.runs[2].value);
  EXPECT_FALSE(scores.runs[3].value);
  EXPECT_TRUE(scores.runs[4].value);
}

TEST(Scores, OneMetricIsChosen) {
  const std::string text =
      "model,seed,metric,score\na,0,acc,1\na,1,acc,2\nb,0,acc,3\nb,1,acc,4\na,0,f1,5\na,1,f1,6\n";
  EXPECT_THAT(
      refusal(text),
      HasSubstr("line 1: found several metrics, expected --metric with the one to judge by: 'acc', 'f1'"));
  ScoreTableOptions options;
  options.metric = "acc";
  EXPECT_EQ(read(text, options).runs.size(), 4u);
  options.metric = "ac";
  EXPECT_THAT(refusal(text, options), HasSubstr("found no metric 'ac' (did you mean 'acc'?)"));
  EXPECT_THAT(refusal("model,seed,loss,acc\na,0,1,2\n"),
              HasSubstr("--columns score=NAME with one of 'loss', 'acc'"));
}

TEST(Scores, RefusesWhatSaysNothingAboutFinishedRuns) {
  EXPECT_THAT(refusal("model,seed,score,status\na,0,1,RUNNING\n"),
              HasSubstr("line 2: found a run that is 'RUNNING'"));
  EXPECT_THAT(refusal("model,seed,score,state\na,0,1,COMPLETE\na,1,1,PRUNED\n"),
              HasSubstr("line 3: found a run that is 'PRUNED'"));
  EXPECT_THAT(refusal("model,seed,score,status\na,0,1,maybe\n"),
              HasSubstr("line 2: found the status 'maybe'"));
  EXPECT_THAT(refusal("model,seed,score\na,0,1\na,0,2\n"),
              HasSubstr("line 3: found a second row of 'a' with the same seed '0', which line 2 has"));
  EXPECT_THAT(refusal("model,seed,score,step\na,0,1,100\na,1,2,90\n"),
              HasSubstr("line 3: found a run that ended at step '90', expected '100'"));
  for (const char* failed : {"nan", "inf"}) {
    const std::string early = std::string("a,0,") + failed + ",3\na,1,1,100\na,2,2,100\n";
    EXPECT_EQ(read("model,seed,score,step\n" + early + "b,0,3,100\nb,1,3,100\nb,2,4,100\n").runs.size(), 6u);
    EXPECT_EQ(read(std::string("seed,step,a,b\n0,3,") + failed + ",nan\n1,100,1,2\n2,100,2,3\n").runs.size(),
              6u);
  }
  EXPECT_THAT(refusal("model,mean,std\na,1,2\nb,1,2\n"),
              HasSubstr("line 1: found the column 'mean' and no scores of single runs"));
  EXPECT_THAT(refusal("model,score\na,1\na,2\nb,1\n"),
              HasSubstr("line 4: found one run of 'b', expected several"));
  EXPECT_THAT(refusal("model,score\na,1\na,2\n"), HasSubstr("found fewer than two models"));
  EXPECT_THAT(refusal("model,score\na,x\n"),
              HasSubstr("line 2: column 'score': found 'x', expected a number"));
  EXPECT_THAT(refusal("model,seed,score\na,,1\n"), HasSubstr("line 2: found no seed"));
  EXPECT_THAT(refusal("arch,score\na,1\n"),
              HasSubstr("line 1: found no column 'model', expected one, or --columns model=NAME"));
}

TEST(Scores, RefusesExtremeScores) {
  for (const std::string score : {"2e160", "-1e308", "1e-200", "-1e-310", "1.1e100", "9e-101"}) {
    EXPECT_THAT(
        refusal("model,seed,score\na,0,1\na,1," + score + "\nb,0,1\nb,1,1\n"),
        testing::AllOf(HasSubstr("s.csv, line 3: found the score "), HasSubstr("expected 0 or a size")))
        << score;
    EXPECT_THAT(refusal("seed,a,b\n0,1,1\n1,1," + score + "\n"), HasSubstr("s.csv, line 3: ")) << score;
  }
  EXPECT_EQ(read("model,seed,score\na,0,1e100\na,1,1e-100\nb,0,0\nb,1,-1e100\n").runs.size(), 4u);
  EXPECT_FALSE(read("model,seed,score,status\na,0,1,\na,1,2e160,FAILED\nb,0,1,\nb,1,1,\n").runs[1].value)
      << "a failed run has no score";
}

TEST(Scores, AFailedRunMayEndAtAnyStep) {
  EXPECT_EQ(
      read("model,seed,score,step,status\na,0,1,9,ok\na,1,2,9,ok\nb,0,1,9,ok\nb,1,,3,FAILED\n").runs.size(),
      4u);
}

TEST(Scores, MissingSeedsAreSaidToHaveFailedOrNotRun) {
  const std::string text = "model,seed,score\na,0,1\na,1,2\na,2,3\nb,0,1\nb,1,2\n";
  EXPECT_EQ(
      refusal(text),
      "s.csv: found no row of 'b' with seed '2', which other models have, expected one, or --missing failed "
      "or --missing not-run to say what that means");
  const Scores failed = read(text, missing(MissingScores::kFailed));
  ASSERT_EQ(failed.runs.size(), 6u);
  EXPECT_EQ(failed.runs[5].model, "b");
  EXPECT_EQ(failed.runs[5].seed, "2");
  EXPECT_FALSE(failed.runs[5].value);
  EXPECT_EQ(read(text, missing(MissingScores::kNotRun)).runs.size(), 5u);
}

TEST(Scores, EmptyScoresAreMissing) {
  const std::string text = "seed,a,b\n0,1,2\n1,1,\n2,1,2\n";
  EXPECT_THAT(refusal(text), HasSubstr("line 3: found no score of 'b', expected one, or --missing failed"));
  EXPECT_EQ(read(text, missing(MissingScores::kFailed)).runs.size(), 6u);
  EXPECT_EQ(read(text, missing(MissingScores::kNotRun)).runs.size(), 5u);
}

TEST(Scores, SeedsOfOnlyOneModelAreNotMissing) {
  EXPECT_EQ(read("model,seed,score\na,0,1\na,1,2\nb,10,1\nb,11,2\nb,12,2\n").runs.size(), 5u);
}

}  // namespace
}  // namespace gpu_sweep
