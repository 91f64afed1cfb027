// gpu_sweep judge: the verdict on scores from elsewhere.
#include "engine/statistics/methods/pair_tests.h"
#include "engine/statistics/model_runs.h"
#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;

class Judging : public Study {
 protected:
  Outcome run(std::vector<std::string> arguments) {
    return Program(directory_.path(), std::move(arguments)).wait();
  }

  void expect_refused(std::vector<std::string> arguments, int code, const std::string& message) {
    arguments.insert(arguments.begin(), "judge");
    const std::string name = testing::PrintToString(arguments);
    const Outcome outcome = run(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, code) << name << outcome.err;
    EXPECT_EQ(outcome.out, "") << name;
    EXPECT_THAT(outcome.err, HasSubstr(message)) << name;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << name << outcome.err;
  }
};

TEST_F(Judging, ABoughtStudyIsJudgedAsOne) {
  ASSERT_EQ(
      gpu_sweep({"run", "study.toml", "--until-decided", "--max-runs", "14", "--epochs", "1", "--quiet"})
          .exit_code,
      0);
  ASSERT_EQ(run({"export", "results/study", "--format", "csv"}).exit_code, 0);
  const Outcome outcome =
      run({"judge", "results/study/csv/runs.csv", "--higher", "--columns", "score=valid_accuracy", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto verdict = nlohmann::json::parse(outcome.out).at("datasets").at(0);
  EXPECT_EQ(verdict.at("every_look_counted"), true);
  EXPECT_EQ(verdict.at("least"), 10);
  const auto& judged = verdict.at("pairs").at(0);
  const auto pair = metrics("results/study").at("pairs").at(0);
  EXPECT_EQ(judged.at("first_runs"), pair.at("runs"));
  EXPECT_NEAR(judged.at("p").get<double>(), pair.at("p").get<double>(), 1e-6);
  EXPECT_NEAR(judged.at("interval").at(0).get<double>(), pair.at("interval").at(0).get<double>(), 1e-6);
  EXPECT_EQ(judged.at("told"), pair.at("told"));
}

TEST_F(Judging, AStudyWhoseEpochsValidationRowsChoseIsJudgedOnTestRows) {
  std::string text = read("study.toml");
  text.insert(text.find("[[model]]"), "early_stopping = \"validation_loss\"\n");
  write("stopping.toml", text);
  ASSERT_EQ(
      gpu_sweep({"run", "stopping.toml", "--runs", "3", "--epochs", "1", "--quiet", "--out", "stopping"})
          .exit_code,
      0);
  ASSERT_EQ(run({"export", "stopping", "--format", "csv"}).exit_code, 0);
  const std::vector<std::string> judge = {"judge", "stopping/csv/runs.csv", "--higher", "--columns"};
  const auto with = [&](const char* columns) {
    std::vector<std::string> words = judge;
    words.emplace_back(columns);
    return words;
  };
  EXPECT_EQ(run(with("score=test_accuracy")).exit_code, 0);
  const Outcome refused = run(with("score=valid_accuracy"));
  EXPECT_EQ(refused.exit_code, 3) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("expected score=test_accuracy"));
}

TEST_F(Judging, AnExportedStudyGetsItsOwnVerdict) {
  ASSERT_EQ(gpu_sweep({"run", "study.toml", "--runs", "14", "--epochs", "1", "--quiet"}).exit_code, 0);
  ASSERT_EQ(run({"export", "results/study", "--format", "csv"}).exit_code, 0);
  const Outcome outcome =
      run({"judge", "results/study/csv/runs.csv", "--higher", "--columns", "score=valid_accuracy", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto verdict = nlohmann::json::parse(outcome.out).at("datasets").at(0);
  EXPECT_EQ(verdict.at("rule"), "paired");

  const RunStore store = RunStore::open(directory_ / "results/study");
  const std::vector<RunRecord> records = store.runs();
  const std::vector<ModelRuns> models = runs_by_model(store.stored().experiment, records);
  const std::vector<double> first = values_of(models.at(0), kValidationAccuracy);
  const std::vector<double> second = values_of(models.at(1), kValidationAccuracy);
  std::vector<double> differences;
  for (std::size_t i = 0; i < first.size(); ++i) differences.push_back(first[i] - second[i]);
  const PairTest test = test_paired(differences, 0.01);  // the step of the accuracy on 100 validation images
  const PairDecision study = decide_pairs({&test, 1}).at(0);
  const auto& pair = verdict.at("pairs").at(0);
  EXPECT_EQ(pair.at("first_model"), models[0].model.name);
  EXPECT_EQ(pair.at("first_runs"), 14);
  EXPECT_EQ(pair.at("p").get<double>(), test.p);
  EXPECT_EQ(pair.at("told").get<bool>(), study.told);
  EXPECT_NEAR(pair.at("interval").at(0).get<double>(), study.interval->low, 1e-12);
  EXPECT_NEAR(pair.at("interval").at(1).get<double>(), study.interval->high, 1e-12);
}

TEST_F(Judging, ScoresFromElsewhere) {
  write("s.csv", "arch,acc\na,0.90\na,0.91\na,0.92\na,0.93\nb,0.80\nb,0.81\nb,0.82\nb,0.83\n");
  const Outcome outcome = run({"judge", "s.csv", "--higher", "--columns", "model=arch,score=acc"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("“a” is better than “b” by 0.100"));
  EXPECT_THAT(outcome.out, HasSubstr("not paired: the rows have no seeds"));
  EXPECT_THAT(run({"judge", "s.csv", "--lower", "--columns", "model=arch,score=acc"}).out,
              HasSubstr("“b” is better than “a” by 0.100"));
}

TEST_F(Judging, WritesAPageOrSaysWhyNot) {
  write("s.csv", "seed,a,b\n0,1,2\n1,2,1\n2,1,4\n3,1,3\n");
  const Outcome outcome = run({"judge", "s.csv", "--higher", "--page", "s.html"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(read("s.html"), HasSubstr("<!DOCTYPE html>"));
  expect_refused({"s.csv", "--higher", "--page", "nowhere/s.html"}, 5, "nowhere/s.html");
}

TEST_F(Judging, NeverWritesThePageOverTheTable) {
  const std::string table = "seed,a,b\n0,1,2\n1,2,1\n2,1,4\n3,1,3\n";
  write("s.csv", table);
  std::filesystem::create_hard_link(directory_ / "s.csv", directory_ / "same.csv");
  std::filesystem::create_symlink("s.csv", directory_ / "link.csv");
  for (const char* page : {"s.csv", "./s.csv", "same.csv", "link.csv"}) {
    expect_refused({"s.csv", "--higher", "--page", page}, 2,
                   "--page: found the table itself, expected another file");
  }
  EXPECT_EQ(read("s.csv"), table);
}

TEST_F(Judging, RefusesInOneLine) {
  write("s.csv", "model,score\na,1\na,2\nb,1\nb,2\n");
  expect_refused({"s.csv"}, 2, "--higher or --lower: missing");
  expect_refused({"s.csv", "--higher", "--lower"}, 2, "--higher and --lower: found both");
  expect_refused({"--higher"}, 2, "no file, expected gpu_sweep judge FILE");
  expect_refused({"s.csv", "--higher", "--columns", "modle=x"}, 2, "did you mean 'model'?");
  expect_refused({"s.csv", "--higher", "--columns", "model"}, 2, "expected role=column");
  expect_refused({"s.csv", "--higher", "--pairing", "seeds"}, 2, "did you mean 'seed'?");
  expect_refused({"s.csv", "--higher", "--pairing", "seed"}, 2, "for rows without seeds");
  expect_refused({"s.csv", "--higher", "--missing", "no"}, 2, "expected failed or not-run");
  expect_refused({"s.csv", "--higher", "--test-share", "1.5"}, 2, "--test-share");
  expect_refused({"nowhere.csv", "--higher"}, 3, "nowhere.csv: no such file");
  expect_refused({"data", "--higher"}, 3, "cannot read data: not a regular file, expected a table of scores");
  write("bad.csv", "model,score\na,\x1b[31m\n");
  expect_refused({"bad.csv", "--higher"}, 3,
                 "bad.csv, line 2: column 'score': found '?[31m', expected a number");
}

}  // namespace
}  // namespace gpu_sweep::test
