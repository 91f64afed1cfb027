#include "engine/sweep/run_key.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/sweep/small_dataset.h"

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

TEST(RunKey, TheNameDoesNotCount) {
  ModelSpec renamed = adam_model();
  renamed.name = "another name";
  EXPECT_EQ(key_of(renamed), key_of(adam_model()));
}

TEST(RunKey, ScalarsThatTheOptimiserDoesNotUseDoNotCount) {
  ModelSpec model = adam_model();
  model.optimiser.momentum = 0.5;
  model.optimiser.rho = 0.5;
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
      [](ModelSpec& m) { m.optimiser = OptimiserSpec::with_defaults(OptimiserKind::kRmsProp); },
      [](ModelSpec& m) { m.optimiser.learning_rate = 0.0010000001; },
      [](ModelSpec& m) { m.optimiser.beta1 = 0.8; },
      [](ModelSpec& m) { m.optimiser.beta2 = 0.8; },
      [](ModelSpec& m) { m.optimiser.epsilon = 1e-8; },
      [](ModelSpec& m) { m.batch_size = 128; },
      [](ModelSpec& m) { m.epochs = 49; },
      [](ModelSpec& m) { m.shuffle = false; },
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

}  // namespace
}  // namespace gpu_sweep
