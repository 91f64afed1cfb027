// A user's session with an experiment, from the training to a later look at its results.
#include <csignal>

#include "tests/end_to_end/study_fixture.h"
#include "tests/support/environment_variable.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;

TEST_F(Study, RunTrainsKeepsAndPrints) {
  const Outcome outcome = gpu_sweep({"run", "study.toml"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("wide"));
  EXPECT_THAT(outcome.out, HasSubstr("deep"));
  EXPECT_THAT(outcome.err, HasSubstr("0 of 6 runs are there"));
  EXPECT_THAT(outcome.err, HasSubstr("6/6 runs"));
  EXPECT_THAT(outcome.err, testing::EndsWith("results/study: report.html, summary.json, runs.sqlite\n"));
  EXPECT_EQ(listing().count("results/study/runs.sqlite"), 1U);

  const auto summary = nlohmann::json::parse(read("results/study/summary.json"));
  ASSERT_EQ(summary["models"].size(), 2U);
  for (const auto& model : summary["models"]) {
    EXPECT_EQ(model["runs"], 3);
    for (const char* metric :
         {"train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "test_loss", "test_accuracy"}) {
      EXPECT_TRUE(model[metric]["mean"].is_number()) << metric;
      EXPECT_TRUE(model[metric]["std"].is_number()) << metric;
    }
  }
  // There are ten classes, so a model that learns nothing stays near 0.1.
  EXPECT_GT(summary["models"][0]["train_accuracy"]["mean"], 0.4);
}

TEST_F(Study, TheSameCommandAgainPrintsTheSame) {
  const Outcome first = gpu_sweep({"run", "study.toml"});
  const std::string summary = read("results/study/summary.json");
  const Outcome second = gpu_sweep({"run", "study.toml"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.out, first.out);
  EXPECT_THAT(second.err, HasSubstr("all 6 runs are there"));
  EXPECT_EQ(read("results/study/summary.json"), summary);
}

TEST_F(Study, ShowPrintsWhatRunPrinted) {
  const Outcome run = gpu_sweep({"run", "study.toml", "--json"});
  const Outcome show = Program(directory_.path(), {"show", "results/study", "--json"}).wait();
  EXPECT_EQ(show.exit_code, 0) << show.err;
  EXPECT_EQ(show.out, run.out);
  EXPECT_EQ(show.out, read("results/study/summary.json"));
}

TEST_F(Study, QuietSaysNothing) {
  const Outcome outcome = gpu_sweep({"run", "study.toml", "--quiet"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, testing::Not(HasSubstr("runs")));
}

TEST_F(Study, MoreRunsContinue) {
  gpu_sweep({"run", "study.toml", "--runs", "2", "--out", "grown"});
  const Outcome more = gpu_sweep({"run", "study.toml", "--runs", "4", "--out", "grown"});
  EXPECT_EQ(more.exit_code, 0) << more.err;
  EXPECT_THAT(more.err, HasSubstr("4 of 8 runs are there"));
  const auto at_once = json_of({"run", "study.toml", "--runs", "4", "--out", "at_once"});
  EXPECT_EQ(metrics("grown"), without_timing(at_once));
}

TEST_F(Study, AChangedExperimentIsRefusedWithTheChange) {
  gpu_sweep({"run", "study.toml"});
  const Outcome changed = gpu_sweep({"run", "study.toml", "--epochs", "7"});
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_THAT(changed.err, HasSubstr("epochs"));
  EXPECT_THAT(changed.err, HasSubstr("7"));
}

TEST_F(Study, ResultsOfTwoInstructionSetsAreShownAndNotMixed) {
  const std::string tables = gpu_sweep({"run", "study.toml"}).out;
  const EnvironmentVariable instructions("ONEDNN_MAX_CPU_ISA", "SSE41");
  const Outcome more = gpu_sweep({"run", "study.toml", "--runs", "4"});
  EXPECT_EQ(more.exit_code, 2);
  EXPECT_THAT(more.err, testing::AllOf(HasSubstr("numerics: \"oneDNN"), HasSubstr("SSE41\"")));
  const Outcome same = gpu_sweep({"run", "study.toml", "--save-weights", "weights"});
  EXPECT_EQ(same.exit_code, 0) << same.err;
  EXPECT_EQ(same.out, tables);
  EXPECT_THAT(
      same.err,
      testing::AllOf(HasSubstr("the runs in results/study were trained with different numerics than this "
                               "program's (numerics: "),
                     HasSubstr("all 6 runs are there, nothing to train"),
                     HasSubstr("6 runs were trained before and have no weights")));
  const Outcome again = gpu_sweep({"run", "study.toml", "--keep-predictions"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err,
              HasSubstr("--keep-predictions: 6 finished runs without class probabilities, which "));
}

TEST_F(Study, LanesAndGroupingChangeNoBit) {
  const auto expected = without_timing(json_of({"run", "study.toml", "--out", "one", "--lanes", "1"}));
  for (const auto& [lanes, replicas] : {std::pair{"3", "1"}, std::pair{"2", "2"}, std::pair{"1", "5"}}) {
    const std::string out = std::string("lanes") + lanes + "replicas" + replicas;
    const auto summary =
        json_of({"run", "study.toml", "--out", out, "--lanes", lanes, "--replicas-per-group", replicas});
    EXPECT_EQ(without_timing(summary), expected) << out;
  }
}

TEST_F(Study, TrainIsTheRunOfTheExperiment) {
  const auto study = json_of({"run", "study.toml"});
  const auto wide =
      json_of({"train", "--hidden", "32", "--epochs", "2", "--batch-size", "64", "--seed", "6"});
  EXPECT_EQ(wide["models"][0]["per_run"][0], study["models"][0]["per_run"][1]);
  const auto deep =
      json_of({"train", "--hidden", "24,16", "--activation", "tanh", "--optimizer", "sgd", "--learning-rate",
               "0.1", "--momentum", "0.9", "--epochs", "2", "--batch-size", "64", "--seed", "7"});
  EXPECT_EQ(deep["models"][0]["per_run"][0], study["models"][1]["per_run"][2]);
}

TEST_F(Study, SavedWeightsAreThoseOfTheRun) {
  const auto study = json_of({"run", "study.toml", "--save-weights", "weights"});
  EXPECT_EQ(json_of({"train", "--hidden", "32", "--epochs", "2", "--batch-size", "64", "--seed", "6",
                     "--save-weights", "wide.npz"})["models"][0]["runs"],
            1);
  EXPECT_EQ(read("wide.npz"), read("weights/wide, seed 6.npz"));
  for (const char* set : {"train", "validation", "test"}) {
    const auto evaluation =
        json_of({"evaluate", "--weights", "weights/deep, seed 5.npz", "--activation", "tanh", "--set", set});
    const std::string name = std::string(set) == "validation" ? "valid" : set;
    EXPECT_EQ(evaluation["loss"], study["models"][1]["per_run"][0][name + "_loss"]) << set;
    EXPECT_EQ(evaluation["accuracy"], study["models"][1]["per_run"][0][name + "_accuracy"]) << set;
  }
}

TEST_F(Study, EqualModelsOfTwoNamesAreTrainedOnceAndSavedTwice) {
  write("study.toml", std::string(kStudy) + "[[model]]\nname = \"again\"\nhidden = [32]\n");
  const Outcome outcome = gpu_sweep({"run", "study.toml", "--save-weights", "weights"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("0 of 6 runs are there, training 6"));
  EXPECT_EQ(read("weights/again, seed 5.npz"), read("weights/wide, seed 5.npz"));
  const auto summary = nlohmann::json::parse(read("results/study/summary.json"));
  ASSERT_EQ(summary["models"].size(), 3U);
  EXPECT_EQ(summary["models"][2]["per_run"], summary["models"][0]["per_run"]);
}

TEST_F(Study, TrainingStartsFromGivenWeights) {
  json_of({"train", "--hidden", "32", "--epochs", "2", "--batch-size", "64", "--save-weights", "first.npz"});
  const auto evaluation = json_of({"evaluate", "--weights", "first.npz", "--set", "train"});
  const auto second = json_of(
      {"train", "--hidden", "32", "--epochs", "1", "--batch-size", "64", "--init-weights", "first.npz"});
  EXPECT_EQ(second["models"][0]["per_run"][0]["history"]["loss"][0], evaluation["loss"]);
}

TEST_F(Study, PlanTrainsAndKeepsNothing) {
  const auto before = listing();
  const Outcome outcome = gpu_sweep({"plan", "study.toml"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("6: 2 models x 3 seeds from 5"));
  EXPECT_THAT(outcome.out, HasSubstr(" MiB of host memory: copies of the runs being trained, up to "));
  EXPECT_THAT(outcome.out, HasSubstr("FLOP"));
  EXPECT_THAT(outcome.out, HasSubstr("MiB"));
  EXPECT_EQ(listing(), before);
}

TEST_F(Study, AFigureThatIsNotFiniteHasNoSign) {
  const Outcome trained = gpu_sweep({"train", "--hidden", "8", "--epochs", "1", "--optimizer", "sgd",
                                     "--learning-rate", "3e38", "--save-weights", "lost.npz", "-q"});
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  const Outcome outcome = gpu_sweep({"evaluate", "--weights", "lost.npz", "-q"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("loss nan, accuracy 0."));
  EXPECT_THAT(outcome.err, HasSubstr("warning: lost.npz: the loss is not finite"));
  EXPECT_TRUE(json_of({"evaluate", "--weights", "lost.npz"}).at("loss").is_null());
}

TEST_F(Study, StoppedBySignalItContinuesToTheSameFigures) {
  const auto command = [](int epochs, const std::string& out) {
    return std::vector<std::string>{
        "run", "study.toml", "--runs", "8", "--epochs", std::to_string(epochs), "--lanes", "1", "--out", out};
  };
  const int epochs = enough_work(40, [&](int enough) {
    for (const int signal : {SIGINT, SIGTERM}) {
      const std::size_t before = kept_runs("results/stopped");
      Program program(directory_.path(), with_usual_flags(command(enough, "results/stopped")));
      program.runs_until([&] { return kept_runs("results/stopped") > before; });
      program.send(signal);
      const Outcome outcome = program.wait();
      if (outcome.exit_code == 0) return false;
      EXPECT_EQ(outcome.signal, signal) << outcome.err;
      EXPECT_THAT(outcome.err, HasSubstr("the same command continues"));
      EXPECT_EQ(outcome.out, "");
      EXPECT_EQ(listing().count("results/stopped/summary.json"), 0U);
    }
    return true;
  });
  EXPECT_EQ(without_timing(json_of(command(epochs, "results/stopped"))),
            without_timing(json_of(command(epochs, "at_once"))));
}

}  // namespace
}  // namespace gpu_sweep::test
