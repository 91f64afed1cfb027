#include "engine/store/database/experiment_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace gpu_sweep {
namespace {

using nlohmann::ordered_json;
using testing::StartsWith;

Experiment experiment_with_every_number() {
  ModelSpec model;
  model.name = "a";
  model.hidden = {4};
  model.label_smoothing = 0.1;
  model.class_weights.values = {1, 2};
  model.early_stopping.patience = 3;
  model.schedule = ScheduleSpec::with_defaults(ScheduleKind::kStep);
  model.optimizer.gradient_clip_norm = 1;
  Experiment experiment;
  experiment.name = "numbers";
  experiment.runs = 2;
  experiment.models = {model};
  return experiment;
}

/// Returns the message of the refusal if the number at `place` of the model is `value`.
std::string refusal(const char* place, double value) {
  ordered_json json = to_json(experiment_with_every_number());
  json.at("models").at(0).at(ordered_json::json_pointer(place)) = value;
  try {
    experiment_from_json(json);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "none";
}

TEST(ExperimentJson, IsReadAsItWasWritten) {
  const Experiment experiment = experiment_with_every_number();
  EXPECT_EQ(experiment_from_json(to_json(experiment)).models, experiment.models);
}

/// A store that another program wrote may hold numbers that no experiment file may have.
TEST(ExperimentJson, NumbersOutsideTheirRangeAreRefused) {
  EXPECT_THAT(refusal("/dropout", 1), StartsWith("dropout is 1, expected "));
  EXPECT_THAT(refusal("/label_smoothing", -0.5), StartsWith("label_smoothing is -0.5, expected "));
  EXPECT_THAT(refusal("/optimizer/learning_rate", -1), StartsWith("learning_rate is -1, expected "));
  EXPECT_THAT(refusal("/optimizer/gradient_clip_norm", -2),
              StartsWith("gradient_clip_norm is -2, expected "));
  EXPECT_THAT(refusal("/schedule/factor", -1), StartsWith("factor is -1, expected "));
  EXPECT_THAT(refusal("/early_stopping/min_delta", -1), StartsWith("min_delta is -1, expected "));
  EXPECT_THAT(refusal("/class_weights/1", -1), StartsWith("class_weights is -1, expected "));
  EXPECT_EQ(refusal("/dropout", 0), "none");
  EXPECT_EQ(refusal("/early_stopping/min_delta", 0), "none");
}

}  // namespace
}  // namespace gpu_sweep
