// Errors in experiments, and their messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/experiment/hyper_parameters.h"
#include "tests/experiment/experiment_text.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;

struct BadInput {
  std::string name;
  std::string text;
  std::string message;  ///< a part of the message
};

class BadExperiment : public testing::TestWithParam<BadInput> {};

TEST_P(BadExperiment, IsRefused) { EXPECT_THAT(refusal_of(GetParam().text), HasSubstr(GetParam().message)); }

BadInput bad_model(const std::string& name, const std::string& line, const std::string& message) {
  return {name, kHead + kModel + line + "\n", message};
}

BadInput bad_grid(const std::string& name, const std::string& line, const std::string& message) {
  return {name, kHead + kModel + "[grid]\n" + line + "\n", message};
}

/// Returns a grid of four axes with twelve values each, which gives 20,736 models.
std::string too_large_grid() {
  std::string values = "[";
  for (int i = 1; i <= 12; ++i) values += "0." + std::string(i < 10 ? "0" : "") + std::to_string(i) + ",";
  values += "]\n";
  return kHead + kModel + "[grid]\ndropout = " + values + "beta1 = " + values + "beta2 = " + values +
         "learning_rate = " + values;
}

INSTANTIATE_TEST_SUITE_P(
    Top, BadExperiment,
    testing::Values(
        BadInput{"Empty", "", "study.toml:1: name: found nothing"},
        BadInput{"NotToml", "name = \n", "study.toml:1: not TOML"},
        BadInput{"OneClass", "classes = 1\n" + kHead + kModel,
                 "study.toml:1: classes: found 1, expected an integer from 2 to 256"},
        BadInput{"OneClassName", "class_names = ['a']\n" + kHead + kModel,
                 "study.toml:1: class_names: found 1 names, expected 2 to 256 names"},
        BadInput{"ClassNamesTwice", "class_names = ['a', 'b', 'a']\n" + kHead + kModel,
                 "class_names: found a second class named 'a', expected unique names"},
        BadInput{"ClassNameWithALineBreak", "class_names = ['a', \"b\\n\"]\n" + kHead + kModel,
                 "class_names: found 'b?', expected a name of 1 to 200 bytes"},
        BadInput{"ClassesAndOtherNames", "classes = 3\nclass_names = ['a', 'b']\n" + kHead + kModel,
                 "class_names: found 2 names, expected as many as `classes` says, 3"},
        BadInput{
            "ClassesOfAModel", kHead + kModel + "classes = 3\n",
            "found a key of the whole experiment, expected it at the top of the file, above every [table]"},
        BadInput{"EveryRunMayDiverge", "max_diverged = 1\n" + kHead + kModel,
                 "study.toml:1: max_diverged: found 1, expected a number from 0 to 0.99999994 (the largest "
                 "float below 1)"},
        BadInput{"NoDifferenceMatters", "smallest_difference = 0\n" + kHead + kModel,
                 "study.toml:1: smallest_difference: found 0, expected a number above 0 that a float can "
                 "hold (from 1.5e-45), at most 100"},
        BadInput{"DifferenceTooSmallForAFloat", "smallest_difference = 5e-324\n" + kHead + kModel,
                 "smallest_difference: found 5e-324, expected a number above 0 that a float can hold (from "
                 "1.5e-45), at most 100"},
        BadInput{"MoreThanAllPoints", "smallest_difference = 101\n" + kHead + kModel,
                 "study.toml:1: smallest_difference: found 101, expected a number above 0 that a float can "
                 "hold (from 1.5e-45), at most 100"},
        BadInput{"SmallestDifferenceOfAModel", kHead + kModel + "smallest_difference = 1\n",
                 "found a key of the whole experiment"},
        BadInput{"NotUtf8", "name = '\xff\xfe'\n", "not TOML"},
        BadInput{"DuplicateKey", "name = 'a'\nname = 'b'\n", "study.toml:2: not TOML"},
        BadInput{"NameOfWrongType", "name = 3\nruns = 1\n" + kModel, "name: found 3"},
        BadInput{"NameEmpty", "name = ''\nruns = 1\n" + kModel, "name: found ''"},
        BadInput{"NameIsAPath", "name = '../up'\nruns = 1\n" + kModel, "name: found '../up'"},
        BadInput{"NameHidden", "name = '.git'\nruns = 1\n" + kModel, "name: found '.git'"},
        BadInput{"NameWithNewline", "name = \"a\\nb\"\nruns = 1\n" + kModel, "name: found 'a?b'"},
        BadInput{"RunsMissing", "name = 'a'\n" + kModel, "runs: found nothing"},
        BadInput{"RunsZero", "name = 'a'\nruns = 0\n" + kModel, "study.toml:2: runs: found 0"},
        BadInput{"RunsNegative", "name = 'a'\nruns = -3\n" + kModel, "runs: found -3"},
        BadInput{"RunsFloat", "name = 'a'\nruns = 2.0\n" + kModel, "runs: found 2.0,"},
        BadInput{"RunsText", "name = 'a'\nruns = '2'\n" + kModel, "runs: found '2'"},
        BadInput{"RunsTooMany", "name = 'a'\nruns = 100001\n" + kModel, "runs: found 100001"},
        BadInput{"SeedNegative", kHead + "seed = -1\n" + kModel, "seed: found -1"},
        BadInput{"SeedOverflow", kHead + "seed = 9223372036854775808\n" + kModel, "not TOML"},
        BadInput{"SeedOfLastRun", kHead + "seed = 9223372036854775807\n" + kModel, "study.toml:3: seed"},
        BadInput{"UnknownKey", kHead + "sead = 1\n" + kModel,
                 "study.toml:3: sead: found an unknown key (did you mean 'seed'?)"},
        BadInput{"NoModel", kHead, "model: found nothing"},
        BadInput{"ModelNotATable", "model = 3\n" + kHead, "model: found 3"},
        BadInput{"ModelEmptyArray", "model = []\n" + kHead, "model: found an empty array"},
        BadInput{"ModelSingleTable", kHead + "[model]\nname = 'm'\n", "model: found a table"},
        BadInput{"ModelWithoutName", kHead + "[[model]]\nhidden = [8]\n", "model.name: found nothing"},
        BadInput{"ModelWithoutHidden", kHead + "[[model]]\nname = 'm'\n", "model.hidden: found nothing"},
        BadInput{"ModelNamesTwice", kHead + kModel + kModel,
                 "study.toml:6: model: found a second model named 'm'"},
        BadInput{"DefaultsNotATable", "defaults = 3\n" + kHead + kModel, "defaults: found 3"},
        BadInput{"DefaultsUnknown", kHead + "[defaults]\nactivate = 'relu'\n" + kModel,
                 "defaults.activate: found an unknown key (did you mean 'activation'?)"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Model, BadExperiment,
    testing::Values(
        bad_model("EpochsNegative", "epochs = -1", "epochs: found -1"),
        bad_model("EpochsFloat", "epochs = 1.5", "epochs: found 1.5"),
        bad_model("EpochsTooMany", "epochs = 1000001", "epochs: found 1000001"),
        bad_model("BatchZero", "batch_size = 0", "batch_size: found 0"),
        bad_model("BatchBool", "batch_size = true", "batch_size: found true"),
        bad_model("DropoutOne", "dropout = 1", "dropout: found 1"),
        bad_model("DropoutOneInFloat", "dropout = 0.99999999999",
                  "dropout: found 0.99999999999, expected a number from 0 to 0.99999994 (the largest float "
                  "below 1)"),
        bad_model("DropoutNegative", "dropout = -0.1", "dropout: found -0.1"),
        bad_model("DropoutNan", "dropout = nan", "dropout: found nan"),
        bad_model("ActivationUnknown", "activation = 'rely'",
                  "found 'rely' (did you mean 'relu'?), expected " + list_of(activation_names())),
        bad_model("ActivationCase", "activation = 'ReLU'", "found 'ReLU'"),
        bad_model("ShuffleText", "shuffle = 'on'", "shuffle: found 'on', expected true or false"),
        bad_model("ShuffleDate", "shuffle = 2020-01-01", "shuffle: found a date or time"),
        bad_model("ScheduleUnknown", "schedule = 'cosin'",
                  "schedule: found 'cosin' (did you mean 'cosine'?), expected constant, step, exponential, "
                  "cosine or reduce_on_plateau"),
        bad_model("ScheduleNumber", "schedule = 3",
                  "schedule: found 3, expected constant, step, exponential, cosine or reduce_on_plateau, or "
                  "a table with such a kind"),
        bad_model("ScheduleWithoutKind", "schedule.warmup = 3",
                  "schedule: found a table without kind, expected kind = constant, step"),
        bad_model(
            "ScheduleKey", "schedule = {kind = 'cosine', every = 3}",
            "schedule.every: found a key of step or exponential, but the schedule is cosine, expected kind, "
            "final_factor or warmup"),
        bad_model("ScheduleMisspelledKey", "schedule = {kind = 'cosine', warm_up = 3}",
                  "schedule.warm_up: found an unknown key (did you mean 'warmup'?)"),
        bad_model(
            "ScheduleRange", "schedule = {kind = 'step', factor = 0}",
            "schedule.factor: found 0, expected a number above 0 that a float can hold (1.5e-45 to 3.4e38)"),
        bad_model(
            "ScheduleKeyOutside", "warmup = 3",
            "warmup: found a key of the schedule, expected it in schedule = { kind = ..., warmup = ... }"),
        bad_model(
            "PlateauMonitor", "schedule = {kind = 'reduce_on_plateau', monitor = 'none'}",
            "schedule.monitor: found 'none', expected validation_loss, validation_accuracy or objective"),
        bad_model("PlateauPatience", "schedule = {kind = 'reduce_on_plateau', patience = 2.5}",
                  "schedule.patience: found 2.5, expected an integer from 1 to 1000000"),
        bad_model("PlateauFactor", "schedule = {kind = 'reduce_on_plateau', factor = 1}",
                  "schedule.factor: found 1 with reduce_on_plateau, expected a factor below 1"),
        bad_model("PlateauRate", "schedule = {kind = 'reduce_on_plateau', min_rate = 0.001}",
                  "schedule.min_rate: found 0.001, expected less than the learning rate, 0.001"),
        bad_model("PlateauKeyElsewhere", "schedule = {kind = 'step', monitor = 'validation_loss'}",
                  "schedule.monitor: found a key of reduce_on_plateau, but the schedule is step"),
        bad_model("ScheduleInsideTheOptimizer", "optimizer = {schedule = 'cosine'}",
                  "optimizer.schedule: found a key of models, expected it beside optimizer, not inside"),
        bad_model("EarlyStoppingUnknown", "early_stopping = 'val_loss'",
                  "early_stopping: found 'val_loss', expected none, validation_loss, validation_accuracy or "
                  "objective"),
        bad_model("EarlyStoppingWithoutMonitor", "early_stopping.patience = 3",
                  "early_stopping: found a table without monitor, expected monitor = none, validation_loss"),
        bad_model("EarlyStoppingKey", "early_stopping = {monitor = 'validation_loss', patiance = 3}",
                  "early_stopping.patiance: found an unknown key (did you mean 'patience'?)"),
        bad_model("EarlyStoppingPatience", "early_stopping = {monitor = 'validation_loss', patience = 0}",
                  "early_stopping.patience: found 0, expected an integer from 1"),
        bad_model("EarlyStoppingOutside", "patience = 3",
                  "patience: found a key of early stopping, expected it in early_stopping = { monitor = ..., "
                  "patience"),
        bad_model("OptimizerUnknown", "optimizer = 'adan'",
                  "found 'adan' (did you mean 'adam'?), expected " + list_of(optimizer_names())),
        bad_model("OptimizerNumber", "optimizer = 3", "optimizer: found 3"),
        bad_model("OptimizerKey", "optimizer = {name='sgd', beta1=0.5}",
                  "optimizer.beta1: found a key of adam or adamw, but the optimizer is sgd, expected name, "
                  "learning_rate, momentum, weight_decay, l2, gradient_clip_value or gradient_clip_norm"),
        bad_model(
            "LearningRateNan", "optimizer.learning_rate = nan",
            "learning_rate: found nan, expected a number above 0 that a float can hold (1.5e-45 to 3.4e38)"),
        bad_model("LearningRateInfinite", "optimizer.learning_rate = inf", "learning_rate: found inf"),
        bad_model("LearningRateZero", "optimizer.learning_rate = 0", "learning_rate: found 0"),
        bad_model("LearningRateNegative", "optimizer.learning_rate = -0.1", "learning_rate: found -0.1"),
        bad_model("LearningRateNoFloat", "optimizer.learning_rate = 1e300",
                  "learning_rate: found 1e+300, expected a number above 0 that a float can hold (1.5e-45 to "
                  "3.4e38)"),
        bad_model(
            "EpsilonNoFloat", "optimizer.epsilon = 5e-324",
            "epsilon: found 5e-324, expected a number above 0 that a float can hold (1.5e-45 to 3.4e38)"),
        bad_model("Beta1", "optimizer.beta1 = 1.0", "beta1: found 1.0,"),
        bad_model("Beta2", "optimizer.beta2 = -0.5", "beta2: found -0.5"),
        bad_model("Epsilon", "optimizer.epsilon = 0", "epsilon: found 0"),
        bad_model("Momentum", "optimizer = {name='sgd', momentum=1}", "momentum: found 1"),
        bad_model("Rho", "optimizer = {name='rmsprop', rho=2}", "rho: found 2"),
        bad_model("WeightDecay", "optimizer = {name='adamw', weight_decay=-0.1}",
                  "weight_decay: found -0.1, expected 0 or a number above 0 that a float can hold (1.5e-45 "
                  "to 3.4e38)"),
        bad_model("ClipLimitTooSmall", "optimizer.gradient_clip_norm = 1e-50",
                  "gradient_clip_norm: found 1e-50, expected 0 or a number above 0 that a float can hold "
                  "(1.5e-45 to 3.4e38)"),
        bad_model("L2", "optimizer.l2 = -1",
                  "l2: found -1, expected 0 or a number above 0 that a float can hold (1.5e-45 to 3.4e38)"),
        bad_model(
            "BothClips", "optimizer = {gradient_clip_value = 0.5, gradient_clip_norm = 1}",
            "study.toml: model 'm': optimizer.gradient_clip_norm: found 1 beside gradient_clip_value 0.5, "
            "expected only one of the two above 0"),
        bad_model("ClipMisspelled", "optimizer = {gradient_clip_nrom = 1}",
                  "found an unknown key (did you mean 'gradient_clip_norm'?)"),
        bad_model("LabelSmoothing", "label_smoothing = 1",
                  "label_smoothing: found 1, expected a number from 0"),
        bad_model("ClassWeightsWord", "class_weights = 'balance'",
                  "class_weights: found 'balance' (did you mean 'balanced'?), expected balanced, none, or an "
                  "array"),
        bad_model("ClassWeightsNegative", "class_weights = [1, -1]", "class_weights: found -1, expected"),
        bad_model("ClassWeightsNoFloat", "class_weights = [1, 1e-300]",
                  "class_weights: found 1e-300, expected 0 or"),
        bad_model("ClassWeightsZero", "class_weights = [0, 0]",
                  "class_weights: found weights that are all 0"),
        bad_model("ClassWeightsEmpty", "class_weights = []", "class_weights: found no weight"),
        bad_model(
            "VaryNothing", "vary = []",
            "vary: found an empty array, expected an array of one or more of init, order or dropout, each "
            "once"),
        bad_model("VaryNoArray", "vary = 'init'", "vary: found 'init', expected an array of one or more"),
        bad_model("VaryNumber", "vary = [1]", "vary: found 1, expected an array of one or more"),
        bad_model("VaryMisspelled", "vary = ['ordre']",
                  "vary: found 'ordre' (did you mean 'order'?), expected"),
        bad_model("VaryTwice", "vary = ['init', 'order', 'init']", "vary: found 'init' twice, expected"),
        bad_model(
            "VaryDropoutWithoutDropout", "vary = ['dropout']\ndropout = 0",
            "study.toml: model 'm': vary: found dropout, but dropout is 0: every run would be the same, "
            "expected a source from which the model draws, such as init"),
        bad_model("VaryOrderWithoutShuffle", "vary = ['order', 'dropout']\nshuffle = false\ndropout = 0",
                  "vary: found order and dropout, but shuffle is off and dropout is 0: every run")),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Hidden, BadExperiment,
    testing::Values(
        BadInput{"WidthZero", kHead + "[[model]]\nname='m'\nhidden=[8, 0]\n",
                 "hidden: found 0, expected an integer from 1 to 65536"},
        BadInput{"WidthTooLarge", kHead + "[[model]]\nname='m'\nhidden=[65537]\n", "hidden: found 65537"},
        BadInput{"WidthFloat", kHead + "[[model]]\nname='m'\nhidden=[1.5]\n", "hidden: found 1.5"},
        BadInput{"NotAnArray", kHead + "[[model]]\nname='m'\nhidden=256\n",
                 "hidden: found 256, expected an array"},
        BadInput{"Nested", kHead + "[[model]]\nname='m'\nhidden=[[8]]\n", "hidden: found an array"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Grid, BadExperiment,
    testing::Values(
        bad_grid("NotAnArray", "dropout = 0.1", "grid.dropout: found 0.1, expected an array of values"),
        bad_grid("Empty", "dropout = []", "grid.dropout: found an empty array"),
        bad_grid("UnknownKey", "dropuot = [0.1]", "(did you mean 'dropout'?)"),
        bad_grid("UnknownScalar", "optimizer.rate = [0.1]", "grid.optimizer.rate: found an unknown key"),
        bad_grid("ScalarOfAnother", "momentum = [0.1]",
                 "grid.momentum: found a key of sgd or nesterov, but the optimizer is adam"),
        bad_grid("ValueOutOfRange", "epochs = [1, 0]", "grid.epochs: found 0"),
        bad_grid("SameValueTwice", "epochs = [1, 1]", "a second model named 'm, epochs=1'"),
        bad_grid("SameKeyTwice", "learning_rate = [0.1]\noptimizer.learning_rate = [0.2]", "the key twice"),
        BadInput{"TooManyModels", too_large_grid(), "more than 10000 models"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Misplaced, BadExperiment,
    testing::Values(
        BadInput{
            "EpochsAtTheTop", kHead + "epochs = 3\n" + kModel,
            "study.toml:3: epochs: found a key of models, expected it in [defaults], a [[model]] or [grid]"},
        BadInput{"OptimizerAtTheTop", kHead + "optimizer.beta1 = 0.5\n" + kModel,
                 "optimizer: found a key of models, expected it in [defaults], a [[model]] or [grid]"},
        BadInput{
            "LearningRateAtTheTop", kHead + "learning_rate = 0.1\n" + kModel,
            "study.toml:3: learning_rate: found a key of the optimizer, expected optimizer.learning_rate in "
            "[defaults], a [[model]] or [grid]"},
        BadInput{"LearningRateInDefaults", kHead + "[defaults]\nlearning_rate = 0.1\n" + kModel,
                 "study.toml:4: defaults.learning_rate: found a key of the optimizer, expected "
                 "optimizer.learning_rate"},
        bad_model("MomentumInModel", "momentum = 0.9",
                  "study.toml:6: model.momentum: found a key of the optimizer, expected optimizer.momentum"),
        bad_model(
            "RunsInModel", "runs = 9",
            "study.toml:6: model.runs: found a key of the whole experiment, expected it at the top of the "
            "file, above every [table]"),
        BadInput{"SeedInDefaults", kHead + "[defaults]\nseed = 9\n" + kModel,
                 "defaults.seed: found a key of the whole experiment, expected it at the top"},
        bad_grid("RunsInGrid", "runs = [1, 2]", "grid.runs: found a key of the whole experiment"),
        bad_grid("NameInGrid", "name = ['a', 'b']",
                 "grid.name: found a key of the experiment or of one model, expected it at the top or in a "
                 "[[model]]"),
        bad_model(
            "GridInModel", "grid.dropout = [0.1]",
            "model.grid: found a table of the whole experiment, expected [grid] at the top, inside no other"),
        BadInput{"ModelInDefaults", kHead + "[[defaults.model]]\nname = 'm'\n",
                 "defaults.model: found a table of the whole experiment, expected [[model]] at the top"},
        bad_model("EpochsInOptimizer", "optimizer = { name = 'sgd', epochs = 3 }",
                  "model.optimizer.epochs: found a key of models, expected it beside optimizer, not inside"),
        bad_grid("EpochsInOptimizerOfGrid", "optimizer.epochs = [3]",
                 "expected it beside optimizer, not inside"),
        BadInput{"PrecisionAtTheTop", kHead + "precision = 'bf16'\n" + kModel,
                 "precision: found a setting of the command line, expected the flag --precision"},
        BadInput{"StopAfter", "stop_after = '2h'\n" + kHead + kModel, "expected the flag --stop-after"},
        BadInput{"DiskPatience", "disk_patience = '2h'\n" + kHead + kModel,
                 "expected the flag --disk-patience"},
        BadInput{"LanesInDefaults", kHead + "[defaults]\nlanes = 2\n" + kModel, "the flag --lanes"},
        BadInput{"MisspeltAsWell", kHead + "learnign_rate = 0.1\n" + kModel,
                 "learnign_rate: found an unknown key (did you mean 'learning_rate'?), expected "
                 "optimizer.learning_rate in [defaults]"},
        bad_model("MisspeltKeyOfAnotherOptimizer", "optimizer.momentun = 0.9",
                  "found an unknown key (did you mean 'momentum' of sgd or nesterov?), expected name, "
                  "learning_rate, beta1"),
        BadInput{"NearestKnownKeyFirst", kHead + "names = 'a'\n" + kModel, "(did you mean 'name'?)"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace gpu_sweep::test
