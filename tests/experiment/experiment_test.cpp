#include "gpu_sweep/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/experiment/hyper_parameters.h"
#include "tests/experiment/experiment_text.h"
#include "tests/support/error_of.h"
#include "tests/support/files.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;

TEST(Experiment, ReadsTheDocumentedFormat) {
  const Experiment experiment = parse_experiment(R"(
name = "layer_depth"
runs = 100
seed = 7
[defaults]
epochs = 50
batch_size = 256
activation = "tanh"
dropout = 0.1
shuffle = false
optimizer = { name = "adam", learning_rate = 0.002 }
[[model]]
name = "original model"
hidden = [256]
[[model]]
name = "deep"
hidden = [256, 128]
epochs = 3
activation = "sigmoid"
optimizer = "sgd"
)",
                                                 "layer_depth.toml");
  EXPECT_EQ(experiment.name, "layer_depth");
  EXPECT_EQ(experiment.runs, 100);
  EXPECT_EQ(experiment.seed, 7U);
  ASSERT_EQ(experiment.models.size(), 2U);
  const ModelSpec& original = experiment.models[0];
  EXPECT_EQ(original.name, "original model");
  EXPECT_EQ(original.hidden, std::vector<int>{256});
  EXPECT_EQ(original.activation, Activation::kTanh);
  EXPECT_EQ(original.dropout, 0.1);
  EXPECT_EQ(original.epochs, 50);
  EXPECT_FALSE(original.shuffle);
  EXPECT_EQ(original.optimizer.kind, OptimizerKind::kAdam);
  EXPECT_EQ(original.optimizer.learning_rate, 0.002);
  const ModelSpec& deep = experiment.models[1];
  EXPECT_EQ(deep.hidden, (std::vector<int>{256, 128}));
  EXPECT_EQ(deep.activation, Activation::kSigmoid);
  EXPECT_EQ(deep.epochs, 3);
  EXPECT_EQ(deep.optimizer.kind, OptimizerKind::kSgd);
  EXPECT_EQ(deep.optimizer.learning_rate, 0.002) << "as [defaults] states";
  EXPECT_EQ(deep.optimizer.momentum, 0);
}

TEST(Experiment, ClassesAndTheirNames) {
  EXPECT_FALSE(parse_experiment(kHead + kModel, "s.toml").classes.count);
  EXPECT_EQ(parse_experiment("classes = 12\n" + kHead + kModel, "s.toml").classes.count, 12);
  const ClassSpec named =
      parse_experiment("class_names = ['cat', 'dog']\n" + kHead + kModel, "s.toml").classes;
  EXPECT_EQ(named.count, 2);
  EXPECT_THAT(named.names, testing::ElementsAre("cat", "dog"));
}

TEST(Experiment, HowResultsAreJudged) {
  EXPECT_EQ(parse_experiment(kHead + kModel, "s.toml").analysis, (AnalysisSettings{0.1, {}, false}));
  const std::string text = "max_diverged = 0.2\nsmallest_difference = 0.1\n" + kHead + kModel;
  const AnalysisSettings stated = parse_experiment(text, "s.toml").analysis;
  EXPECT_EQ(stated, (AnalysisSettings{0.2, 0.1, false}));
  const ExperimentOverrides flags = {{}, {}, {}, 0.0, 0.3};
  EXPECT_EQ(parse_experiment(text, "s.toml", flags).analysis, (AnalysisSettings{0, 0.3, false}));
  EXPECT_FALSE(stated_for_finished_runs(stated, stated).stated_after_runs) << "as before the runs";
  EXPECT_TRUE(stated_for_finished_runs(stated, {0.2, 0.3, false}).stated_after_runs);
  EXPECT_TRUE(stated_for_finished_runs(stated, {}).stated_after_runs);
  EXPECT_TRUE(stated_for_finished_runs(stated, {0.2, 0.1, true}).stated_after_runs) << "and stays so";
  EXPECT_FALSE(stated_for_finished_runs({}, stated).stated_after_runs) << "none is stated";
}

TEST(Experiment, SettingsOfTheData) {
  EXPECT_EQ(parse_experiment(kHead + kModel, "s.toml").data, DataSettings{});
  const DataSettings all =
      parse_experiment(
          "normalize = 'standardize'\nvalidation = { fraction = 0.25, stratified = true }\n"
          "target = 'kind'\ntest = { seed = 3 }\njudge = { fraction = 0.1, seed = 5 }\n" +
              kHead + kModel,
          "s.toml")
          .data;
  EXPECT_EQ(all.normalize, Normalize::kStandardize);
  EXPECT_EQ(all.validation, (HoldOut{0.25, 0, true}));
  EXPECT_EQ(all.target, "kind");
  EXPECT_EQ(all.test, (HoldOut{1.0 / 6, 3, false}));
  EXPECT_EQ(all.judge, (HoldOut{0.1, 5, false}));
  const std::pair<const char*, const char*> refused[] = {
      {"normalize = 'minmax'", "normalize: found 'minmax', expected scale, standardize or none"},
      {"validation = { share = 0.2 }",
       "validation.share: found an unknown key, expected fraction, seed or stratified"},
      {"validation = { fraction = 1.0 }",
       "validation.fraction: found 1.0, expected a number above 0 and below 1"},
      {"test = { fraction = 0 }", "test.fraction: found 0, expected a number above 0 and below 1"},
      {"judge = { seed = -1 }", "judge.seed: found -1, expected an integer from 0 to 4294967295"},
      {"judge = 'none'",
       "judge: found 'none', expected a table such as { fraction = 0.2, seed = 0, stratified = true }"},
      {"test = 'none'",
       "test: found 'none', expected a table such as { fraction = 0.2, seed = 0, "
       "stratified = true }"},
      {"validation = 0.2",
       "validation: found 0.2, expected none, or a table such as { fraction = 0.2, seed = 0, stratified = "
       "true }"},
      {"target = ''", "target: found '', expected a name of 1 to 200 bytes without control characters"}};
  for (const auto& [line, message] : refused) {
    EXPECT_EQ(
        test::error_of(ExitCode::kUsage, [&] { parse_experiment(line + ("\n" + kHead + kModel), "s.toml"); }),
        std::string("s.toml:1: ") + message);
  }
}

TEST(Experiment, WithoutValidationRowsHasOneModelThatNeedsNone) {
  const std::string none = "validation = 'none'\n" + kHead + kModel;
  EXPECT_EQ(parse_experiment(none, "s.toml").data.validation, kNoRows);
  const auto refusal = [&](const std::string& more) {
    return test::error_of(ExitCode::kUsage, [&] { parse_experiment(none + more, "s.toml"); });
  };
  EXPECT_EQ(
      refusal("[[model]]\nname = 'n'\nhidden = []\n"),
      "s.toml:1: validation: found none with 2 models, expected one model, or rows held out: models are "
      "compared and chosen by them, not by the test split");
  EXPECT_EQ(refusal("early_stopping = 'validation_loss'\n"),
            "s.toml: model 'm': early_stopping: found validation_loss with validation = \"none\", expected "
            "validation rows to judge epochs by");
  EXPECT_EQ(refusal("schedule = 'reduce_on_plateau'\n"),
            "s.toml: model 'm': schedule: found reduce_on_plateau with validation = \"none\", expected "
            "validation rows to judge epochs by");
  const ModelSpec model = parse_experiment(none +
                                               "early_stopping = 'objective'\nschedule = { kind = "
                                               "'reduce_on_plateau', monitor = 'objective' }\n",
                                           "s.toml")
                              .models[0];
  EXPECT_EQ(model.early_stopping.monitor, Monitor::kObjective);
  EXPECT_EQ(model.schedule.monitor, Monitor::kObjective);
}

TEST(Experiment, EqualModelsAreNamed) {
  const std::string text =
      "name = 's'\nruns = 1\n[defaults]\nhidden = [8]\n[[model]]\nname = 'a'\n[[model]]\nname = "
      "'b'\nepochs = 50\n[[model]]\nname = 'c'\nepochs = 49\n";
  EXPECT_THAT(
      parse_experiment(text, "s.toml").warnings,
      testing::ElementsAre("s.toml: models 'a' and 'b' have the same settings: they are one model under "
                           "several names and share their runs"));
  EXPECT_THAT(parse_experiment(text, "s.toml", {{}, 3, {}}).warnings,
              testing::ElementsAre(HasSubstr("models 'a', 'b' and 'c' have the same settings")));
}

TEST(Experiment, ModelsThatDifferInWeightsOfOneOnlyAreNamed) {
  const auto warnings_of = [](const std::string& weights) {
    const std::string text =
        "name = 's'\nruns = 1\n[defaults]\nhidden = [8]\n[[model]]\nname = 'a'\n[[model]]\nname = "
        "'b'\nclass_weights = " +
        weights + "\n";
    return parse_experiment(text, "s.toml").warnings;
  };
  EXPECT_THAT(warnings_of("[1, 1, 1]"),
              testing::ElementsAre(
                  "s.toml: models 'a' and 'b' train equal runs: class_weights that are all 1 are none"));
  EXPECT_THAT(warnings_of("[1, 1, 2]"), testing::IsEmpty());
  EXPECT_THAT(warnings_of("'balanced'"), testing::IsEmpty());
}

TEST(Experiment, AnOptimizerTableWithoutNameChangesTheInheritedOne) {
  const Experiment experiment =
      parse_experiment(kHead + "[defaults]\noptimizer = {name = 'adam', learning_rate = 0.01}\n" + kModel +
                           "optimizer.beta1 = 0.5\n",
                       "study.toml");
  const OptimizerSpec& optimizer = experiment.models[0].optimizer;
  EXPECT_EQ(optimizer.learning_rate, 0.01);
  EXPECT_EQ(optimizer.beta1, 0.5);
}

Experiment study_of(const std::string& text) { return parse_experiment(kHead + text, "study.toml"); }

/// Returns an experiment with `optimizer = defaults` in [defaults], whose model is kModel with `line` added.
Experiment inheriting(const std::string& defaults, const std::string& line) {
  return study_of("[defaults]\noptimizer = " + defaults + "\n" + kModel + line + "\n");
}

OptimizerSpec optimizer_of(OptimizerKind kind, double learning_rate) {
  OptimizerSpec spec = OptimizerSpec::with_defaults(kind);
  spec.learning_rate = learning_rate;
  return spec;
}

TEST(Experiment, NamingTheSameOptimizerAgainKeepsOuterScalars) {
  OptimizerSpec expected = optimizer_of(OptimizerKind::kAdam, 0.05);
  for (const std::string line : {"", "optimizer = 'adam'", "optimizer = { name = 'adam' }", "optimizer = {}",
                                 "optimizer.name = 'adam'"}) {
    EXPECT_EQ(inheriting("{ name = 'adam', learning_rate = 0.05 }", line).models[0].optimizer, expected)
        << line;
    EXPECT_EQ(inheriting("{ learning_rate = 0.05 }", line).models[0].optimizer, expected) << line;
  }
  expected.beta1 = 0.5;
  const Experiment experiment =
      inheriting("{ learning_rate = 0.05, beta1 = 0.7 }", "optimizer = { name = 'adam', beta1 = 0.5 }");
  EXPECT_EQ(experiment.models[0].optimizer, expected);
  EXPECT_THAT(experiment.warnings, testing::IsEmpty());
}

TEST(Experiment, AnotherOptimizerKeepsSharedScalarsAndHasItsOwnDefaults) {
  const std::string adam = "{ name = 'adam', learning_rate = 0.05, epsilon = 1e-3 }";
  for (const std::string line : {"optimizer = 'rmsprop'", "optimizer = { name = 'rmsprop', rho = 0.9 }"}) {
    OptimizerSpec expected = optimizer_of(OptimizerKind::kRmsProp, 0.05);
    expected.epsilon = 1e-3;
    const Experiment experiment = inheriting(adam, line);
    EXPECT_EQ(experiment.models[0].optimizer, expected) << line;
    EXPECT_THAT(experiment.warnings, testing::IsEmpty()) << line;
  }
  EXPECT_EQ(inheriting("'adam'", "optimizer = 'sgd'").models[0].optimizer,
            OptimizerSpec::with_defaults(OptimizerKind::kSgd))
      << "the defaults of an optimizer are not stated";
  EXPECT_EQ(inheriting(adam, "optimizer = { name = 'sgd', learning_rate = 0.2 }").models[0].optimizer,
            optimizer_of(OptimizerKind::kSgd, 0.2));
}

TEST(Experiment, AGridOfOptimizersKeepsOuterScalars) {
  const Experiment experiment =
      study_of("[defaults]\noptimizer = { name = 'adam', learning_rate = 0.05 }\n" + kModel +
               "[[model]]\nname = 'own'\nhidden = [8]\noptimizer.learning_rate = 0.02\n"
               "[grid]\noptimizer = ['adam', 'sgd', { name = 'sgd', learning_rate = 0.3 }]\n");
  ASSERT_EQ(experiment.models.size(), 6U);
  std::vector<OptimizerSpec> found;
  for (const ModelSpec& model : experiment.models) found.push_back(model.optimizer);
  using enum OptimizerKind;
  EXPECT_THAT(found, testing::ElementsAre(optimizer_of(kAdam, 0.05), optimizer_of(kSgd, 0.05),
                                          optimizer_of(kSgd, 0.3), optimizer_of(kAdam, 0.02),
                                          optimizer_of(kSgd, 0.02), optimizer_of(kSgd, 0.3)));
}

TEST(Experiment, AScalarThatTheModelCannotUseAppliesInTheGrid) {
  const Experiment experiment = study_of("[defaults]\noptimizer = { name = 'sgd', momentum = 0.9 }\n" +
                                         kModel + "optimizer = 'adam'\n[grid]\noptimizer = ['sgd']\n");
  EXPECT_EQ(experiment.models[0].optimizer.momentum, 0.9);
  EXPECT_THAT(experiment.warnings, testing::IsEmpty());
}

TEST(Experiment, AStatedScalarThatTheOptimizerDoesNotHaveIsNamed) {
  const std::string sgd = "{ name = 'sgd', learning_rate = 0.1, momentum = 0.9 }";
  const Experiment experiment = inheriting(sgd, "optimizer = 'adam'");
  EXPECT_EQ(experiment.models[0].optimizer, optimizer_of(OptimizerKind::kAdam, 0.1));
  EXPECT_THAT(
      experiment.warnings,
      testing::ElementsAre("study.toml:4: defaults.optimizer.momentum: 0.9 has no effect on 'm': adam has "
                           "no momentum (no warning if a table names adam and states one of its own "
                           "keys)"));
  EXPECT_THAT(inheriting(sgd, "optimizer = { name = 'adam', learning_rate = 0.1 }").warnings,
              testing::IsEmpty());
  EXPECT_THAT(inheriting(sgd, "optimizer.name = 'adam'").warnings, testing::SizeIs(1));
}

TEST(Experiment, ManyModelsWithoutAScalarShareAWarning) {
  const Experiment experiment =
      study_of("[defaults]\noptimizer = { name = 'sgd', momentum = 0.9 }\n" + kModel +
               "[grid]\ndropout = [0, 0.1]\noptimizer = ['sgd', 'adam', 'rmsprop']\n");
  EXPECT_THAT(
      experiment.warnings,
      testing::ElementsAre(HasSubstr("on 'm, dropout=0, optimizer=adam' and 1 more: adam has no momentum"),
                           HasSubstr("on 'm, dropout=0, optimizer=rmsprop' and 1 more: rmsprop has")));
}

TEST(Experiment, TellsWhichOptimizersMergingChanged) {
  const Experiment experiment =
      study_of("[defaults]\noptimizer.learning_rate = 0.05\n" + kModel +
               "[[model]]\nname = 'named'\nhidden = [8]\noptimizer = { name = 'adam', beta1 = 0.5 }\n");
  OptimizerSpec before = OptimizerSpec::with_defaults(OptimizerKind::kAdam);
  before.beta1 = 0.5;
  EXPECT_THAT(experiment.unmerged_optimizers, testing::ElementsAre(testing::Pair("named", before)));
}

TEST(Experiment, DefaultsAreKeras) {
  for (const auto& [name, learning_rate] :
       {std::pair{"adam", 0.001}, std::pair{"sgd", 0.01}, std::pair{"rmsprop", 0.001},
        std::pair{"adamw", 0.001}, std::pair{"nesterov", 0.01}}) {
    const Experiment experiment =
        parse_experiment(kHead + kModel + "optimizer = '" + name + "'\n", "study.toml");
    EXPECT_EQ(experiment.models[0].optimizer.learning_rate, learning_rate) << name;
  }
}

TEST(Experiment, OneScalarHasADefaultPerOptimizer) {
  const auto optimizer_of = [](const std::string& line) {
    return parse_experiment(kHead + kModel + line + "\n", "study.toml").models[0].optimizer;
  };
  EXPECT_EQ(optimizer_of("optimizer = 'sgd'").momentum, 0);
  EXPECT_EQ(optimizer_of("optimizer = 'nesterov'").momentum, 0.9);
  EXPECT_EQ(optimizer_of("optimizer = 'adamw'").weight_decay, 0.004);
  EXPECT_EQ(optimizer_of("optimizer = 'adam'").weight_decay, 0);
  EXPECT_EQ(optimizer_of("optimizer = { name = 'adamw', weight_decay = 0 }").weight_decay, 0);
  EXPECT_EQ(optimizer_of("optimizer = { name = 'adamw', weight_decay = 20 }").weight_decay, 20);
}

TEST(HyperParameters, HelpOfAScalarNamesItsOptimizersAndDefaults) {
  EXPECT_EQ(optimizer_scalar_help("learning_rate"), "step size (default 0.001; 0.01 for sgd and nesterov)");
  EXPECT_EQ(optimizer_scalar_help("momentum"),
            "sgd and nesterov: fraction of the last step that is kept (default 0; 0.9 for nesterov)");
  EXPECT_EQ(optimizer_scalar_help("epsilon"),
            "adam, rmsprop and adamw: added to the divisor (default 1e-07)");
  EXPECT_EQ(optimizer_scalar_help("weight_decay"),
            "part of each weight removed per step, times the learning rate (default 0; 0.004 for adamw)");
}

TEST(HyperParameters, EveryOptimizerHasDecayPenaltyAndClipping) {
  for (const OptimizerKind kind : kOptimizers) {
    std::vector<std::string> keys;
    for (const OptimizerScalar& scalar : optimizer_scalars(kind)) keys.emplace_back(scalar.key);
    EXPECT_THAT(keys, testing::IsSupersetOf({"learning_rate", "weight_decay", "l2", "gradient_clip_value",
                                             "gradient_clip_norm"}))
        << to_string(kind);
  }
}

TEST(Experiment, GridIsTheProductInTheOrderOfTheFile) {
  const Experiment experiment = parse_experiment(
      kHead + kModel + "[grid]\ndropout = [0, 0.5]\noptimizer.learning_rate = [0.1, 1e-4]\n", "study.toml");
  ASSERT_EQ(experiment.models.size(), 4U);
  EXPECT_EQ(experiment.models[0].name, "m, dropout=0, learning_rate=0.1");
  EXPECT_EQ(experiment.models[1].name, "m, dropout=0, learning_rate=1e-04");
  EXPECT_EQ(experiment.models[2].name, "m, dropout=0.5, learning_rate=0.1");
  EXPECT_EQ(experiment.models[1].optimizer.learning_rate, 1e-4);
  EXPECT_EQ(experiment.models[2].dropout, 0.5);
}

TEST(Experiment, GridSetsScalarsAfterTheOptimizerWhateverTheOrder) {
  const Experiment experiment = parse_experiment(
      kHead + kModel + "[grid]\nlearning_rate = [0.5]\noptimizer = ['sgd', {name = 'adam'}]\n", "study.toml");
  ASSERT_EQ(experiment.models.size(), 2U);
  EXPECT_EQ(experiment.models[0].name, "m, learning_rate=0.5, optimizer=sgd");
  EXPECT_EQ(experiment.models[0].optimizer.kind, OptimizerKind::kSgd);
  EXPECT_EQ(experiment.models[0].optimizer.learning_rate, 0.5);
  EXPECT_EQ(experiment.models[1].name, "m, learning_rate=0.5, optimizer={name=adam}");
}

TEST(Experiment, GridMayGiveTheHiddenLayers) {
  const Experiment experiment =
      parse_experiment(kHead + "[[model]]\nname = 'm'\n[grid]\nhidden = [[], [8], [8, 4]]\n", "study.toml");
  ASSERT_EQ(experiment.models.size(), 3U);
  EXPECT_EQ(experiment.models[0].name, "m, hidden=none");
  EXPECT_EQ(experiment.models[2].name, "m, hidden=8-4");
  EXPECT_EQ(experiment.models[2].hidden, (std::vector<int>{8, 4}));
}

TEST(Experiment, FlagsWin) {
  ExperimentOverrides overrides;
  overrides.runs = 5;
  overrides.epochs = 2;
  overrides.seed = 11;
  const Experiment experiment = parse_experiment(kHead + kModel + "epochs = 9\n", "study.toml", overrides);
  EXPECT_EQ(experiment.runs, 5);
  EXPECT_EQ(experiment.seed, 11U);
  EXPECT_EQ(experiment.models[0].epochs, 2);
}

TEST(Experiment, EpochsFlagAndEpochsGridExcludeEachOther) {
  ExperimentOverrides overrides;
  overrides.epochs = 2;
  EXPECT_THAT(refusal_of(kHead + kModel + "[grid]\nepochs = [1, 2]\n", overrides), HasSubstr("--epochs"));
}

TEST(Experiment, TheLastSeedMustFitAsWell) {
  ExperimentOverrides overrides;
  overrides.seed = 9223372036854775807U;
  overrides.runs = 1;
  EXPECT_EQ(parse_experiment(kHead + kModel, "study.toml", overrides).seed, overrides.seed);
  overrides.runs = 2;
  EXPECT_THAT(refusal_of(kHead + kModel, overrides), HasSubstr("seed"));
}

TEST(Experiment, AMessageNamesFileLineKeyFoundAndExpected) {
  EXPECT_EQ(refusal_of(kHead + kModel + "epochs = 0\n"),
            "study.toml:6: model.epochs: found 0, expected an integer from 1 to 1000000");
  EXPECT_EQ(
      refusal_of(kHead + kModel + "epoch = 3\n"),
      "study.toml:6: model.epoch: found an unknown key (did you mean 'epochs'?), expected name, hidden, "
      "activation, dropout, optimizer, batch_size, epochs, shuffle, schedule, label_smoothing, "
      "class_weights, "
      "early_stopping or vary");
}

TEST(LoadExperiment, RefusesWhatIsNotAFile) {
  const TemporaryDirectory directory;
  for (const std::filesystem::path& path : {directory.path(), directory / "no-such-experiment.toml"}) {
    EXPECT_THAT(error_of(ExitCode::kUsage, [&] { load_experiment(path); }), HasSubstr(path.string()));
  }
  const std::filesystem::path loop = directory / "loop.toml";
  std::filesystem::create_symlink("loop.toml", loop);
  EXPECT_EQ(error_of(ExitCode::kUsage, [&] { load_experiment(loop); }),
            loop.string() + ": found a file that cannot be looked up: Too many levels of symbolic links, " +
                "expected an experiment (TOML file)");
}

TEST(LoadExperiment, NamesTheFile) {
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory / "study.toml";
  write_file(file, kHead + kModel + "epochs = 0\n");
  EXPECT_THAT(error_of(ExitCode::kUsage, [&] { load_experiment(file); }),
              HasSubstr(file.string() + ":6: model.epochs"));
}

}  // namespace
}  // namespace gpu_sweep::test
