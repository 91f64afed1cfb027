// The settings with which a study was trained are inherited and shown, and are never changed without a
// message.
#include "tests/end_to_end/study_fixture.h"
#include "tests/support/text.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kHead = "name = \"study\"\nruns = 1\n";

/// Returns a study of one epoch with two models. `defaults` is added to the table [defaults], and `optimizer`
/// to the second model.
std::string study_with(const std::string& defaults, const std::string& optimizer) {
  return std::string(kHead) + "[defaults]\nepochs = 1\nbatch_size = 64\nhidden = [8]\n" + defaults +
         "\n[[model]]\nname = \"plain\"\n[[model]]\nname = \"named\"\n" + optimizer + "\n";
}

class Settings : public Study {
 protected:
  /// Returns the optimizers per model that `show --settings --json` prints for a folder.
  std::map<std::string, nlohmann::json> kept_optimizers(const std::string& results) {
    const Outcome shown = Program(directory_.path(), {"show", "--settings", results, "--json"}).wait();
    EXPECT_EQ(shown.exit_code, 0) << shown.err;
    std::map<std::string, nlohmann::json> optimizers;
    const auto experiment = nlohmann::json::parse(shown.out);
    for (const auto& model : experiment.at("models")) {
      optimizers[model.at("name")] = model.at("optimizer");
    }
    return optimizers;
  }
};

TEST_F(Settings, AreInheritedPlannedKeptAndShownAlike) {
  write("study.toml", study_with("optimizer.learning_rate = 0.05", "optimizer = \"sgd\""));
  const auto planned = json_of({"plan", "study.toml"});
  const Outcome trained = gpu_sweep({"run", "study.toml", "-q", "--out", "out"});
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err, Not(HasSubstr("learning_rate")));
  const auto kept = kept_optimizers("out");
  EXPECT_EQ(kept.at("plain").at("learning_rate"), 0.05);
  EXPECT_EQ(kept.at("named"), nlohmann::json({{"name", "sgd"}, {"learning_rate", 0.05}, {"momentum", 0.0}}));
  for (const auto& model : planned.at("experiment").at("models")) {
    EXPECT_EQ(model.at("optimizer"), kept.at(model.at("name"))) << model;
  }
  EXPECT_EQ(planned.at("runs"), 2);
  EXPECT_EQ(planned.at("models").at(0).at("parameters"), 784 * 8 + 8 + 8 * 10 + 10);
  EXPECT_GT(planned.at("seconds"), 0);

  const std::string table =
      "optimizer  beta1  beta2  epsilon  momentum  model\n"
      "     adam    0.9  0.999    1e-07         -  plain\n"
      "      sgd      -      -        -         0  named\n";
  const Outcome shown = Program(directory_.path(), {"show", "--settings", "out"}).wait();
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_EQ(
      shown.out,
      "all models: hidden 8, activation relu, dropout 0.2, learning_rate 0.05, batch_size 64, epochs 1,\n"
      "            shuffle true\n\n" +
          table);
  const Outcome plan = gpu_sweep({"plan", "study.toml"});
  EXPECT_THAT(plan.out, HasSubstr("FLOP per run  optimizer  beta1"));
  EXPECT_THAT(plan.out, HasSubstr("learning_rate 0.05, batch_size 64"));
}

TEST_F(Settings, AFlagIsAmongThem) {
  write("study.toml", study_with("", ""));
  EXPECT_EQ(json_of({"plan", "study.toml", "--epochs", "7"}).at("experiment").at("models").at(1).at("epochs"),
            7);
}

TEST_F(Settings, WithoutEffectAreNamedByEveryCommandThatReadsThem) {
  write("study.toml", study_with("optimizer = { name = \"sgd\", momentum = 0.9 }", "optimizer = \"adam\""));
  const std::string warning =
      "warning: study.toml:7: defaults.optimizer.momentum: 0.9 has no effect on 'named': adam has no "
      "momentum";
  for (const std::vector<std::string>& command : {std::vector<std::string>{"plan", "study.toml", "-q"},
                                                  {"plan", "study.toml", "--roofline", "h100"},
                                                  {"run", "study.toml", "-q", "--out", "out"}}) {
    const Outcome outcome = gpu_sweep(command);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(warning)) << command[0];
  }
}

TEST_F(Settings, ThatMergingTablesChangedKeepAStudyFromBeingContinued) {
  write("study.toml", study_with("", "optimizer = { name = \"adam\", beta1 = 0.5 }"));
  EXPECT_EQ(gpu_sweep({"run", "study.toml", "-q", "--out", "out"}).exit_code, 0);
  const std::string before = read("out/summary.json");
  write("study.toml",
        study_with("optimizer.learning_rate = 0.05", "optimizer = { name = \"adam\", beta1 = 0.5 }"));
  const Outcome refused = gpu_sweep({"run", "study.toml", "--out", "out"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err,
              HasSubstr("optimizer.learning_rate: 0.001 -> 0.05 (of \"named\"; naming an optimizer "
                        "used to drop the values above it"));
  EXPECT_THAT(refused.err, HasSubstr("optimizer.learning_rate: 0.001 -> 0.05 (of \"plain\")"));
  EXPECT_EQ(read("out/summary.json"), before);

  // Follows the advice of the message: in older versions, a model that named an optimizer did not inherit the
  // learning rate of [defaults], so the model now states the default one.
  write("study.toml", study_with("", "optimizer = { name = \"adam\", beta1 = 0.5, learning_rate = 0.001 }"));
  const Outcome continued = gpu_sweep({"run", "study.toml", "--out", "out"});
  EXPECT_EQ(continued.exit_code, 0) << continued.err;
  EXPECT_THAT(continued.err, HasSubstr("all 2 runs are there, nothing to train"));
}

TEST_F(Settings, OfTheAnalysisAreStatedBeforeOrAfterTheRuns) {
  write("study.toml", "smallest_difference = 0.5\n" + study_with("", ""));
  const auto stated = [](const nlohmann::json& summary) {
    const auto& analysis = summary.at("analysis");
    return analysis.at("smallest_difference").dump() + " " + analysis.at("stated").get<std::string>();
  };
  const auto run = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"run", "study.toml", "-q", "--out", "out"});
    return stated(json_of(std::move(flags)));
  };
  const auto show = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"show", "out", "--json"});
    return stated(nlohmann::json::parse(Program(directory_.path(), flags).wait().out));
  };
  EXPECT_EQ(run({}), "0.5 before the runs");
  EXPECT_EQ(show({"--smallest-difference", "0.5"}), "0.5 before the runs");
  EXPECT_EQ(show({"--smallest-difference", "1"}), "1.0 after the runs");
  EXPECT_EQ(run({"--smallest-difference", "1"}), "1.0 after the runs");
  EXPECT_EQ(show({}), "1.0 after the runs") << "and the study keeps it";
  EXPECT_EQ(run({}), "0.5 after the runs");
}

/// No later epoch is better than the first one by min_delta, so the run ends after its second epoch.
TEST_F(Settings, TheObjectiveIsExportedAndEndsARunWithoutValidationRows) {
  write("study.toml", std::string("validation = \"none\"\n") + kHead +
                          "[[model]]\nname = \"one\"\nhidden = [8]\nbatch_size = 64\nepochs = 5\n"
                          "label_smoothing = 0.1\noptimizer = { name = \"adam\", l2 = 0.001 }\n"
                          "early_stopping = { monitor = \"objective\", patience = 1, min_delta = 1000 }\n");
  const Outcome trained = gpu_sweep({"run", "study.toml", "-q", "--out", "out"});
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"export", "out", "--format", "csv"}, {"verify", "out"}, {"report", "out"}}) {
    const Outcome outcome = Program(directory_.path(), command).wait();
    EXPECT_EQ(outcome.exit_code, 0) << command[0] << ": " << outcome.err;
  }
  const std::vector<std::string> lines = lines_of(read("out/csv/history.csv"));
  ASSERT_EQ(lines.size(), 1u + 3u);
  EXPECT_EQ(lines[0], "model,seed,epoch,loss,accuracy,val_loss,val_accuracy,objective");
  const auto summary = nlohmann::json::parse(read("out/summary.json"));
  const auto& history = summary.at("models").at(0).at("per_run").at(0).at("history");
  ASSERT_EQ(history.at("objective").size(), 3u);
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    EXPECT_GT(history.at("objective").at(epoch), history.at("loss").at(epoch)) << "it has a penalty";
  }
  EXPECT_THAT(read("out/report.html"), HasSubstr("<h3>Training objective</h3>"));
  EXPECT_THAT(Program(directory_.path(), {"show", "out"}).wait().out,
              HasSubstr("one: trained 2 of 5 epochs, stopped by the training objective"));
}

TEST_F(Settings, APlanSaysHowManyRunsDetectADifference) {
  write("study.toml", study_with("", ""));
  const auto refused = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"plan", "study.toml"});
    const Outcome outcome = gpu_sweep(flags);
    EXPECT_EQ(outcome.exit_code, 2);
    return outcome.err;
  };
  EXPECT_THAT(refused({"--detect", "1"}), HasSubstr("found neither --pilot nor --deviation"));
  EXPECT_THAT(refused({"--deviation", "1"}), HasSubstr("found no --detect POINTS"));
  EXPECT_THAT(refused({"--detect", "1", "--deviation", "1", "--pilot", "out"}), HasSubstr("found both"));
  EXPECT_THAT(refused({"--detect", "1", "--deviation", "1", "--until-decided"}),
              HasSubstr("found --until-decided as well"));
  // With fewer than six runs, no difference between two models can be significant.
  const auto detect = json_of({"plan", "study.toml", "--detect", "10", "--deviation", "1"}).at("detect");
  EXPECT_EQ(detect.at("runs"), 6);
  EXPECT_GE(detect.at("power"), 0.8);
  EXPECT_GT(detect.at("seconds"), 0);
  EXPECT_TRUE(detect.at("new_images").is_null());
}

TEST_F(Settings, OfAPlanAndOfARooflineAreNotPrintedTogether) {
  const Outcome outcome = gpu_sweep({"plan", "study.toml", "--json", "--roofline", "h100"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--json with --roofline: found both"));
}

}  // namespace
}  // namespace gpu_sweep::test
