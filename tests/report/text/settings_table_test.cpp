#include "engine/report/text/settings_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpu_sweep {
namespace {

ModelSpec model_of(const std::string& name, std::vector<int> hidden, OptimizerKind kind) {
  ModelSpec model;
  model.name = name;
  model.hidden = std::move(hidden);
  model.optimizer = OptimizerSpec::with_defaults(kind);
  return model;
}

TEST(SettingsTable, TellsWhatIsSharedOnceAndWhatDiffersByModel) {
  std::vector<ModelSpec> models = {model_of("first", {256, 128}, OptimizerKind::kAdam),
                                   model_of("zweites", {}, OptimizerKind::kSgd)};
  models[0].optimizer.learning_rate = 0.05;
  models[1].optimizer.momentum = 0.9;
  EXPECT_EQ(settings_table(models),
            "all models: activation relu, dropout 0.2, batch_size 256, epochs 50, shuffle true\n\n"
            " hidden  optimizer  learning_rate  beta1  beta2  epsilon  momentum  model\n"
            "256-128       adam           0.05    0.9  0.999    1e-07         -  first\n"
            "   none        sgd           0.01      -      -        -       0.9  zweites\n");
}

TEST(SettingsTable, OfOneModelIsAListBrokenAt100Columns) {
  EXPECT_EQ(settings_table({model_of("only", {8}, OptimizerKind::kRmsProp)}),
            "settings: hidden 8, activation relu, dropout 0.2, optimizer rmsprop, learning_rate 0.001,\n"
            "          epsilon 1e-07, rho 0.9, batch_size 256, epochs 50, shuffle true\n\n"
            "model\nonly\n");
}

TEST(SettingsTable, PutsFurtherColumnsFirst) {
  const std::vector<ModelSpec> models = {model_of("a", {8}, OptimizerKind::kAdam),
                                         model_of("b", {16}, OptimizerKind::kAdam)};
  EXPECT_THAT(settings_table(models, {{"parameters", {"7", "12345678901"}}}),
              testing::HasSubstr(" parameters  hidden  model\n"
                                 "          7       8  a\n"
                                 "12345678901      16  b\n"));
}

/// Two models may differ only in the last digit of a number, so all digits must be shown.
TEST(SettingsTable, ShowsAllDigits) {
  std::vector<ModelSpec> models(2, model_of("a", {8}, OptimizerKind::kAdam));
  models[1].name = "b\n";
  models[1].optimizer.learning_rate = 0.0010000000000000002;
  EXPECT_THAT(settings_table(models), testing::HasSubstr("\n                0.001  a\n"
                                                         "0.0010000000000000002  b\\n\n"));
}

}  // namespace
}  // namespace gpu_sweep
