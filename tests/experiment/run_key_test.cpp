#include "gpu_sweep/run_key.h"

#include <gtest/gtest.h>

#include <functional>
#include <iterator>
#include <set>

#include "gpu_sweep/experiment.h"
#include "tests/support/data_settings.h"
#include "tests/support/small_dataset.h"

namespace gpu_sweep {
namespace {

ModelSpec adam_model() {
  ModelSpec model;
  model.name = "a model";
  model.hidden = {12, 8};
  return model;
}

std::string key_of(const ModelSpec& model) {
  return run_key(model, 3, Precision::kFp32, "cpu", small_dataset());
}

TEST(RunKey, IsAHash) {
  const std::string key = key_of(adam_model());
  EXPECT_EQ(key.size(), 64U);
  EXPECT_EQ(key.find_first_not_of("0123456789abcdef"), std::string::npos);
}

/// Existing stores have runs under these keys. If a key changed, the program would not find these runs any
/// more.
TEST(RunKey, IsTheSameInEveryVersion) {
  EXPECT_EQ(key_of(adam_model()), "5cef4abe90dd84fbc61f12989fd1344121882209eb67a3db2b7fc7bd1540259f");
  ModelSpec sgd = adam_model();
  sgd.hidden = {};
  sgd.activation = Activation::kTanh;
  sgd.dropout = 0;
  sgd.optimizer = OptimizerSpec::with_defaults(OptimizerKind::kSgd);
  sgd.optimizer.momentum = 0.9;
  sgd.batch_size = 64;
  sgd.shuffle = false;
  EXPECT_EQ(key_of(sgd), "bbcf9eb9cc85ba7d04376c54043dfb4fef7f7a52a3212f4f48f9b78967721b8c");
  ModelSpec rmsprop = adam_model();
  rmsprop.optimizer = OptimizerSpec::with_defaults(OptimizerKind::kRmsProp);
  EXPECT_EQ(run_key(rmsprop, INT64_MAX, Precision::kBf16, "cuda", small_dataset()),
            "d71fd53de6f599d22333eeb0b405c7f88b9483e8d94e7e1b586084cc6e547b54");
}

/// Keys with settings that the first version did not have, as stores have had them since these settings were
/// added.
TEST(RunKey, OfLaterSettingsIsTheSameInEveryVersion) {
  ModelSpec model = adam_model();
  model.schedule = ScheduleSpec::with_defaults(ScheduleKind::kStep);
  model.schedule.warmup = 1.5;
  model.optimizer.weight_decay = 0.01;
  model.optimizer.l2 = 1e-4;
  model.optimizer.gradient_clip_norm = 1;
  model.label_smoothing = 0.1;
  model.class_weights.values = {1, 0.5};
  model.early_stopping = {Monitor::kValidationAccuracy, 3, 0.001, true};
  EXPECT_EQ(key_of(model), "8e675437fb35f9983884676bd983e2bcfbef6ede8f702c19e8b7195e8be0e941");
}

TEST(RunKey, OfVariedSourcesIsTheSameInEveryVersion) {
  ModelSpec model = adam_model();
  model.vary.order = false;
  EXPECT_EQ(key_of(model), "ffecc600037cd44f9a53589416054759c6059dcd5478833919c9770bee753caf");
  model.vary = {};
  EXPECT_EQ(key_of(model), key_of(adam_model())) << "older stores hold runs in which every source varies";
}

/// Tests the way from a file to the key. The model that names an optimizer states all scalars that it could
/// take over from [defaults], so the file has the same meaning in older versions
/// (Experiment::unmerged_optimizers).
TEST(RunKey, OfAnExperimentIsTheSameInEveryVersion) {
  const Experiment experiment = parse_experiment(R"(name = "golden"
runs = 1
[defaults]
epochs = 7
optimizer = { name = "adam", learning_rate = 0.002 }
[[model]]
name = "first"
hidden = [32]
[[model]]
name = "second"
hidden = [16, 8]
optimizer = { name = "rmsprop", learning_rate = 0.01, rho = 0.5, epsilon = 1e-5 }
)",
                                                 "golden.toml");
  ASSERT_EQ(experiment.models.size(), 2U);
  EXPECT_EQ(key_of(experiment.models[0]), "f0258270e499b85798d68eb9c5322f0c263d50989df419890e77e88457b88784");
  EXPECT_EQ(key_of(experiment.models[1]), "46af8dbdb1f743703033437eb02b93d74f329ce8c4a1e3be9d6084534dd0f5af");
}

/// Run keys leave out the number of classes if the labels imply it, as all keys did before an experiment
/// could state this number. Keys in stores from that time therefore stay valid.
TEST(RunKey, NamesClassesThatTheLabelsDoNotImply) {
  const auto key = [](const Dataset& dataset) {
    return run_key(adam_model(), 3, Precision::kFp32, "cpu", dataset);
  };
  Dataset dataset = small_dataset();
  dataset.label_classes = 10;
  EXPECT_EQ(key(dataset), key_of(adam_model()));
  dataset.classes = 12;
  const std::string twelve = key(dataset);
  EXPECT_NE(twelve, key_of(adam_model()));
  dataset.label_classes = 12;
  EXPECT_EQ(key(dataset), key_of(adam_model()));

  // The first versions assumed 10 classes for files of Fashion-MNIST's sizes, regardless of the labels.
  dataset.splits[0].rows = 50000;
  dataset.splits[1].rows = dataset.splits[2].rows = 10000;
  EXPECT_EQ(key(dataset), twelve);
  dataset.classes = 10;
  EXPECT_EQ(key(dataset), key_of(adam_model()));
}

TEST(RunKey, TheNameDoesNotCount) {
  ModelSpec renamed = adam_model();
  renamed.name = "another name";
  EXPECT_EQ(key_of(renamed), key_of(adam_model()));
}

TEST(RunKey, ScalarsThatTheOptimizerDoesNotUseDoNotCount) {
  ModelSpec model = adam_model();
  model.optimizer.momentum = 0.5;
  model.optimizer.rho = 0.5;
  EXPECT_EQ(key_of(model), key_of(adam_model()));
}

TEST(RunKey, EverythingElseOfTheModelCounts) {
  const std::vector<std::function<void(ModelSpec&)>> changes = {
      [](ModelSpec& m) { m.hidden = {128}; },
      [](ModelSpec& m) {
        m.hidden = {1, 28};
      },
      [](ModelSpec& m) { m.activation = Activation::kTanh; },
      [](ModelSpec& m) { m.dropout = 0.25; },
      [](ModelSpec& m) { m.optimizer = OptimizerSpec::with_defaults(OptimizerKind::kRmsProp); },
      [](ModelSpec& m) { m.optimizer.learning_rate = 0.0010000001; },
      [](ModelSpec& m) { m.optimizer.beta1 = 0.8; },
      [](ModelSpec& m) { m.optimizer.beta2 = 0.8; },
      [](ModelSpec& m) { m.optimizer.epsilon = 1e-8; },
      [](ModelSpec& m) { m.batch_size = 128; },
      [](ModelSpec& m) { m.epochs = 49; },
      [](ModelSpec& m) { m.shuffle = false; },
      [](ModelSpec& m) { m.optimizer.weight_decay = 0.1; },
      [](ModelSpec& m) { m.optimizer.l2 = 0.1; },
      [](ModelSpec& m) { m.optimizer.gradient_clip_value = 0.1; },
      [](ModelSpec& m) { m.optimizer.gradient_clip_norm = 0.1; },
      [](ModelSpec& m) { m.schedule = ScheduleSpec::with_defaults(ScheduleKind::kCosine); },
      [](ModelSpec& m) { m.schedule.warmup = 2; },
      [](ModelSpec& m) { m.schedule = ScheduleSpec::with_defaults(ScheduleKind::kReduceOnPlateau); },
      [](ModelSpec& m) {
        m.schedule = ScheduleSpec::with_defaults(ScheduleKind::kReduceOnPlateau);
        m.schedule.monitor = Monitor::kValidationAccuracy;
      },
      [](ModelSpec& m) { m.label_smoothing = 0.1; },
      [](ModelSpec& m) { m.early_stopping.monitor = Monitor::kValidationLoss; },
      [](ModelSpec& m) {
        m.early_stopping = {Monitor::kValidationLoss, 5, 0, true};
      },
      [](ModelSpec& m) { m.vary.init = false; },
      [](ModelSpec& m) { m.vary.order = false; },
      [](ModelSpec& m) { m.vary.dropout = false; },
      [](ModelSpec& m) { m.class_weights.balanced = true; },
      [](ModelSpec& m) {
        m.class_weights.values = {1, 2};
      },
      [](ModelSpec& m) {
        m.class_weights.values = {2, 1};
      },
  };
  std::vector<std::string> keys = {key_of(adam_model())};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    ModelSpec changed = adam_model();
    changes[i](changed);
    const std::string key = key_of(changed);
    for (const std::string& other : keys) EXPECT_NE(key, other) << "change " << i;
    keys.push_back(key);
  }
}

TEST(RunKey, SeedPrecisionDeviceAndDataCount) {
  const ModelSpec model = adam_model();
  const Dataset data = small_dataset();
  const std::string key = key_of(model);
  EXPECT_NE(run_key(model, 4, Precision::kFp32, "cpu", data), key);
  EXPECT_NE(run_key(model, 3, Precision::kBf16, "cpu", data), key);
  EXPECT_NE(run_key(model, 3, Precision::kFp32, "cuda", data), key);
  Dataset other = data;
  other.sha256[3] = "e";
  EXPECT_NE(run_key(model, 3, Precision::kFp32, "cpu", other), key);
}

TEST(RunKey, EverySettingOfTheDataCounts) {
  const DataSettings settings[] = {{},
                                   test::normalized(Normalize::kNone),
                                   test::normalized(Normalize::kStandardize),
                                   test::validated_on(HoldOut{0.2, 0, false}),
                                   test::validated_on(HoldOut{0.2, 1, false}),
                                   test::validated_on(HoldOut{0.2, 1, true}),
                                   test::with_target("a"),
                                   test::with_target("b"),
                                   test::tested_on(HoldOut{0.2, 0, false}),
                                   test::judged_on(HoldOut{0.2, 0, false}),
                                   test::judged_on(HoldOut{0.2, 1, false}),
                                   test::split_per_run()};
  std::set<std::string> keys;
  for (const DataSettings& each : settings) {
    Dataset data = small_dataset();
    data.settings = each;
    keys.insert(run_key(adam_model(), 3, Precision::kFp32, "cpu", data));
  }
  EXPECT_EQ(keys.size(), std::size(settings));
}

}  // namespace
}  // namespace gpu_sweep
