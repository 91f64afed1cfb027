// Schedules and early stopping, from the file to the settings of a model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/experiment/model_keys.h"
#include "engine/experiment/schedule_keys.h"
#include "tests/experiment/experiment_text.h"

namespace gpu_sweep::test {
namespace {

std::vector<std::string> schedules_of(const std::string& lines) {
  std::vector<std::string> texts;
  for (const ModelSpec& model : parse_experiment(kHead + lines, "study.toml").models) {
    texts.push_back(setting_text(model.schedule));
  }
  return texts;
}

TEST(Schedule, IsANameOrATable) {
  using testing::ElementsAre;
  EXPECT_THAT(schedules_of(kModel), ElementsAre("constant"));
  EXPECT_THAT(schedules_of(kModel + "schedule = 'step'\n"), ElementsAre("step factor=0.1 every=10"));
  EXPECT_THAT(schedules_of(kModel + "schedule = 'exponential'\n"),
              ElementsAre("exponential factor=0.9 every=1"));
  EXPECT_THAT(schedules_of(kModel + "schedule = { kind = 'cosine', warmup = 2.5 }\n"),
              ElementsAre("cosine final_factor=0 warmup=2.5"));
  EXPECT_THAT(schedules_of(kModel + "schedule.every = 4\nschedule.kind = 'step'\n"),
              ElementsAre("step factor=0.1 every=4"));
  EXPECT_THAT(schedules_of(kModel + "schedule = { kind = 'constant', warmup = 1 }\n"),
              ElementsAre("constant warmup=1"));
  EXPECT_THAT(schedules_of(kModel + "schedule = 'reduce_on_plateau'\n"),
              ElementsAre("reduce_on_plateau monitor=validation_loss factor=0.1 patience=10 min_delta=1e-04 "
                          "min_rate=0"));
  EXPECT_THAT(
      schedules_of(kModel + "schedule = { kind = 'reduce_on_plateau', monitor = 'validation_accuracy', "
                            "patience = 2, min_rate = 1e-5 }\n"),
      ElementsAre("reduce_on_plateau monitor=validation_accuracy factor=0.1 patience=2 min_delta=1e-04 "
                  "min_rate=1e-05"));
}

/// A stated schedule replaces the whole schedule of an outer table, because its scalars mean nothing to
/// another kind.
TEST(Schedule, OfAnInnerTableReplacesTheOuterOne) {
  const std::string defaults = "[defaults]\nschedule = { kind = 'step', factor = 0.5, warmup = 3 }\n";
  EXPECT_THAT(schedules_of(defaults + kModel + "[[model]]\nname = 'n'\nhidden = []\nschedule = 'step'\n"),
              testing::ElementsAre("step factor=0.5 every=10 warmup=3", "step factor=0.1 every=10"));
  EXPECT_THAT(
      schedules_of(defaults + kModel + "[grid]\nschedule = ['cosine', { kind = 'step', every = 2 }]\n"),
      testing::ElementsAre("cosine final_factor=0", "step factor=0.1 every=2"));
}

TEST(Schedule, ThatIsConstantIsNoSetting) {
  EXPECT_EQ(parse_experiment(kHead + kModel + "schedule = { kind = 'constant' }\n", "a").models,
            parse_experiment(kHead + kModel, "a").models);
}

TEST(Schedule, WarmsUpForLessThanTheTraining) {
  const std::string model = kModel + "epochs = 4\nschedule = { kind = 'cosine', warmup = 4 }\n";
  EXPECT_EQ(refusal_of(kHead + model),
            "study.toml: model 'm': schedule.warmup: found 4 epochs, expected less than epochs, 4");
  ExperimentOverrides overrides;
  overrides.epochs = 5;
  EXPECT_EQ(parse_experiment(kHead + model, "study.toml", overrides).models[0].epochs, 5);
  overrides.epochs = 2;
  EXPECT_THAT(refusal_of(kHead + model, overrides), testing::HasSubstr("less than epochs, 2"));
}

TEST(EarlyStopping, IsAMonitorOrATable) {
  const auto text_of = [](const std::string& line) {
    return setting_text(parse_experiment(kHead + kModel + line + "\n", "a").models[0].early_stopping);
  };
  EXPECT_EQ(text_of(""), "none");
  EXPECT_EQ(text_of("early_stopping = 'validation_loss'"),
            "validation_loss patience=5 min_delta=0 restore_best=false");
  EXPECT_EQ(text_of("early_stopping = { monitor = 'validation_accuracy', patience = 2, min_delta = 0.01, "
                    "restore_best = true }"),
            "validation_accuracy patience=2 min_delta=0.01 restore_best=true");
  EXPECT_EQ(text_of("early_stopping = { monitor = 'none' }"), "none");
  EXPECT_THAT(refusal_of(kHead + kModel + "early_stopping = { monitor = 'none', patience = 2 }"),
              testing::HasSubstr("early_stopping.patience: found a setting without a monitor"));
}

}  // namespace
}  // namespace gpu_sweep::test
