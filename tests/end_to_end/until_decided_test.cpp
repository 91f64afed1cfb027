// run --until-decided trains more seeds only for models that occur in an undecided pair, and run --race only
// for models that are not clearly behind.
#include <thread>

#include "tests/end_to_end/study_fixture.h"

namespace gpu_sweep::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The model "blind" hardly learns, and is soon told apart from the others. The other models learn equally
/// well.
constexpr const char* kThree = R"(name = "study"
runs = 3
seed = 5
[defaults]
epochs = 1
batch_size = 64
[[model]]
name = "wide"
hidden = [32]
[[model]]
name = "twin"
hidden = [33]
[[model]]
name = "blind"
hidden = [4]
optimizer = { name = "sgd", learning_rate = 1e-6 }
)";

class UntilDecided : public Study {
 protected:
  UntilDecided() { write("study.toml", kThree); }

  static std::vector<std::string> command(const std::string& out, const std::string& most = "20") {
    return {"run", "study.toml", "--until-decided", "--max-runs", most, "--out", out};
  }

  std::map<std::string, std::size_t> bought(const std::string& out) const {
    std::map<std::string, std::size_t> runs;
    const auto summary = metrics(out);
    for (const auto& model : summary["models"]) runs[model["name"]] = model["per_run"].size();
    return runs;
  }
};

TEST_F(UntilDecided, BuysSeedsForUndecidedPairsOnly) {
  const Outcome outcome = gpu_sweep(command("calm"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("at most 20 runs of each of 3 models, until every pair is decided: "
                              "the first look is after 12 runs"),
                    HasSubstr("the first round has 12 seeds, training 36 on")));
  auto runs = bought("calm");
  EXPECT_GE(runs["blind"], 12u);
  EXPECT_LT(runs["blind"], 20u);
  EXPECT_EQ(runs["wide"], 20u);
  EXPECT_EQ(runs["twin"], 20u);
  const std::string sentence =
      "Seeds were bought only where models were undecided, at most 20 of each: 1 of 3 "
      "pairs was undecided after 20 seeds.";
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr(sentence), HasSubstr("at most 20 runs each"), Not(HasSubstr("not finished"))));
  const auto verdict = metrics("calm")["verdict"];
  EXPECT_EQ(verdict["until_decided"]["complete"], true);
  EXPECT_EQ(verdict["until_decided"]["looks"].back().dump(), R"({"seeds":20,"undecided":1})");
  EXPECT_THAT(verdict["until_decided"]["sentence"].get<std::string>(), HasSubstr(sentence));
  EXPECT_THAT(verdict["sentence"].get<std::string>(), HasSubstr("3 pairs and every look corrected"));
  EXPECT_THAT(read("calm/report.html"), AllOf(HasSubstr(sentence), Not(HasSubstr("not finished"))));
  EXPECT_THAT(gpu_sweep(command("calm")).err, HasSubstr("no more seeds are wanted, nothing to train"));

  EXPECT_EQ(gpu_sweep(command("more", "14")).exit_code, 0);
  EXPECT_EQ(gpu_sweep(command("more")).exit_code, 0);
  EXPECT_EQ(metrics_text("more"), metrics_text("calm")) << "the most runs may be raised";

  std::mt19937 random(1);
  int kills = 0;
  for (int attempt = 0; attempt < 4; ++attempt) {
    Program program(directory_.path(), with_usual_flags(command("killed")));
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 300));
    program.send(SIGKILL);
    kills += program.wait().exit_code != 0 ? 1 : 0;
  }
  EXPECT_GT(kills, 0);
  EXPECT_EQ(gpu_sweep(command("killed")).exit_code, 0);
  EXPECT_EQ(metrics_text("killed"), metrics_text("calm"));
}

TEST_F(UntilDecided, RefusesWhatItCannotKeepValid) {
  const auto refused = [&](std::vector<std::string> arguments, const std::string& message) {
    const Outcome outcome = gpu_sweep(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(message));
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  };
  const auto with = [](std::vector<std::string> arguments, const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  refused(with(command("out"), {"--shard", "1/2"}), "--until-decided with --shard: found both, expected one");
  refused(with(command("out"), {"--runs", "8"}),
          "--runs with --until-decided: found both, expected --max-runs");
  refused({"run", "study.toml", "--max-runs", "8"},
          "--max-runs: found no --until-decided or --race, expected one of them");
  write("one.toml", "name = \"one\"\nruns = 3\n[[model]]\nname = \"only\"\nhidden = [4]\n");
  refused({"run", "one.toml", "--until-decided"}, "--until-decided: found 1 model, expected 2 to 250");

  const std::vector<std::string> mpirun = {"env", "OMPI_COMM_WORLD_RANK=0", "OMPI_COMM_WORLD_SIZE=2"};
  const Outcome ranks =
      Program(directory_.path(), with_usual_flags(command("out")), ".stdout", mpirun).wait();
  EXPECT_EQ(ranks.exit_code, 2);
  EXPECT_THAT(ranks.err, HasSubstr("--until-decided: found 2 processes, expected one"));

  const Outcome few = gpu_sweep(command("few", "2"));
  EXPECT_EQ(few.exit_code, 0) << few.err;
  EXPECT_THAT(few.err, HasSubstr("so few cannot tell any two apart, whatever the scores: it takes 12"));
  EXPECT_THAT(few.out, HasSubstr("3 of 3 pairs were undecided after 2 seeds"));
  refused(with(command("few", "1"), {"--quiet"}), "--max-runs: 2 -> 1 (fewer)");
  refused({"run", "study.toml", "--out", "few", "--quiet"}, "--until-decided: given -> not given");
}

TEST_F(UntilDecided, ARaceBuysNoSeedsForModelsThatAreBehind) {
  const auto race = [](const std::string& out, const std::string& most) {
    return std::vector<std::string>{"run", "study.toml", "--race", "--max-runs", most, "--out", out};
  };
  const Outcome outcome = gpu_sweep(race("calm", "12"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("at most 12 runs of each of 3 models, none for models that left the "
                              "race: the first look is after 7 runs"),
                    HasSubstr("2 of 3 models remain in the race after 7 seeds, training 6 on")));
  auto runs = bought("calm");
  EXPECT_EQ(runs["blind"], 7u);
  EXPECT_EQ(runs["wide"], 10u);
  EXPECT_EQ(runs["twin"], 10u);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("1 of 3 models left it after 7 seeds. 2 remain after 10 seeds."),
                                 HasSubstr("left the race after 7 seeds: “blind”")));
  const auto verdict = metrics("calm")["verdict"];
  EXPECT_EQ(verdict["race"]["left"].dump(), R"([{"model":"blind","reason":"behind","seeds":7}])");
  EXPECT_EQ(verdict["judged_on"], "test");

  EXPECT_EQ(gpu_sweep(race("more", "7")).exit_code, 0);
  EXPECT_EQ(gpu_sweep(race("more", "12")).exit_code, 0);
  EXPECT_EQ(metrics_text("more"), metrics_text("calm")) << "the most runs may be raised";
  std::mt19937 random(2);
  for (int attempt = 0; attempt < 3; ++attempt) {
    Program program(directory_.path(), with_usual_flags(race("killed", "12")));
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 200));
    program.send(SIGKILL);
    program.wait();
  }
  EXPECT_EQ(gpu_sweep(race("killed", "12")).exit_code, 0);
  EXPECT_EQ(metrics_text("killed"), metrics_text("calm"));

  const auto refused = [&](std::vector<std::string> arguments, const std::string& message) {
    const Outcome found = gpu_sweep(std::move(arguments));
    EXPECT_EQ(found.exit_code, 2) << found.err;
    EXPECT_THAT(found.err, HasSubstr(message));
    EXPECT_EQ(std::ranges::count(found.err, '\n'), 1) << found.err;
  };
  refused({"run", "study.toml", "--race", "--until-decided"}, "--race with --until-decided: found both");
  refused({"run", "study.toml", "--race", "--shard", "1/2"}, "--race with --shard: found both, expected one");
  refused({"run", "study.toml", "--race", "--runs", "8"}, "--runs with --race: found both");
  refused(command("calm"), "--race: given -> not given (its runs were bought as a race)");
  write("two.toml",
        "name = \"two\"\nruns = 3\n[[model]]\nname = \"a\"\nhidden = [4]\n[[model]]\nname = \"b\"\n"
        "hidden = [5]\n");
  refused({"run", "two.toml", "--race"}, "--race: found 2 models, expected 3 or more");
  const Outcome plan = gpu_sweep({"plan", "study.toml", "--race"});
  EXPECT_THAT(plan.out,
              HasSubstr("verdict  at most 100 runs of each of 3 models, none for models that left"));
}

TEST_F(UntilDecided, TheTableOfARaceIsJudgedAsTheRace) {
  const auto race = [this](const std::string& most) {
    return gpu_sweep({"run", "study.toml", "--race", "--max-runs", most, "--out", "race", "--quiet"})
        .exit_code;
  };
  const auto on_race = [this](std::vector<std::string> arguments) {
    return Program(directory_.path(), std::move(arguments)).wait();
  };
  ASSERT_EQ(race("7"), 0);
  ASSERT_EQ(on_race({"export", "race", "--format", "csv"}).exit_code, 0);
  ASSERT_EQ(race("12"), 0);
  EXPECT_THAT(on_race({"verify", "race"}).out, HasSubstr("out of date: of 21 of the 27 runs"))
      << "a table of fewer runs is not damaged";
  ASSERT_EQ(on_race({"export", "race", "--format", "csv"}).exit_code, 0);
  const Outcome outcome =
      on_race({"judge", "race/csv/runs.csv", "--higher", "--columns", "score=test_accuracy", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto found = nlohmann::json::parse(outcome.out);
  const auto study = metrics("race");
  EXPECT_EQ(found["pairs_corrected"], study["verdict"]["pairs_corrected"]);
  const auto& pairs = found["datasets"][0]["pairs"];
  ASSERT_EQ(pairs.size(), 1u) << "“blind” is not compared";
  EXPECT_EQ(pairs[0]["told"], study["pairs"][0]["told"]);
  EXPECT_NEAR(pairs[0]["p_holm"].get<double>(), study["pairs"][0]["p_holm"].get<double>(), 1e-6);
  EXPECT_THAT(found["datasets"][0]["verdict"].get<std::string>(),
              HasSubstr("1 of 3 models left it after 7 seeds. 2 remain."));
}

TEST_F(UntilDecided, AStudyExtendedAfterALookSaysSo) {
  for (const char* runs : {"4", "8", "9"}) {
    ASSERT_EQ(gpu_sweep({"run", "study.toml", "--runs", runs, "--quiet"}).exit_code, 0);
  }
  const Outcome shown = Program(directory_.path(), {"show", "results/study"}).wait();
  const std::string sentence =
      "This study was extended from 8 to 9 runs after a look; counting every look, 0 of 3 "
      "pairs differ (as if planned, ";
  EXPECT_THAT(shown.out.substr(0, 250), HasSubstr(sentence)) << "4 runs could not tell anything";
  const auto summary = metrics("results/study");
  EXPECT_THAT(summary["verdict"]["extended"]["sentence"].get<std::string>(), HasSubstr(sentence));
  EXPECT_EQ(summary["analysis"]["looks"].dump(), "[8]");
  EXPECT_THAT(summary["verdict"]["sentence"].get<std::string>(), HasSubstr("9 runs of each cannot tell"));
  EXPECT_THAT(read("results/study/report.html"), HasSubstr(sentence));
}

TEST_F(UntilDecided, ThePlanSaysWhatItMayCost) {
  const Outcome outcome = gpu_sweep({"plan", "study.toml", "--until-decided"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("runs     at most 300: 3 models x 100 seeds from 5"),
                                 HasSubstr("verdict  at most 100 runs of each of 3 models"),
                                 HasSubstr("time     at most about")));
}

}  // namespace
}  // namespace gpu_sweep::test
