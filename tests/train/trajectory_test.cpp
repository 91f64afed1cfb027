// Compares training, step by step, with that of PyTorch's autograd in float64 (trajectory_reference.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/schedule_keys.h"
#include "engine/lane/resident_data.h"
#include "engine/train/replica_group.h"
#include "reference/philox.h"
#include "tests/train/step_by_step.h"

namespace gpu_sweep::test {
namespace {

using nlohmann::json;

const json& reference_file() {
  static const json file = json::parse(std::ifstream(GPU_SWEEP_TRAJECTORY_REFERENCE));
  return file;
}

/// Returns the names of the cases whose learning rate follows the validation loss if `monitored` is set,
/// otherwise the names of all others.
std::vector<std::string> case_names(bool monitored) {
  std::vector<std::string> names;
  for (const json& one : reference_file().at("cases")) {
    if (one.contains("validation_losses") == monitored) names.push_back(one.at("name"));
  }
  return names;
}

const json& case_named(const std::string& name) {
  const json& cases = reference_file().at("cases");
  return *std::find_if(cases.begin(), cases.end(),
                       [&](const json& candidate) { return candidate.at("name") == name; });
}

double tolerance(std::size_t steps) { return steps <= 10 ? 1e-5 : 1e-4; }

constexpr std::uint32_t kPixels = 100, kPrototypes = 101, kLabels = 102;  // as in the reference

/// Appends an image that consists of three parts noise and one part prototype number `shape`. `layer` and
/// `row` select the random words of the noise.
void append_image(LabelledImages& images, std::uint32_t layer, std::uint32_t row, std::uint32_t shape) {
  const std::uint64_t seed = reference_file().at("seed");
  const auto features = reference_file().at("features").get<std::uint32_t>();
  for (std::uint32_t block = 0; block < features / 4; ++block) {
    const reference::PhiloxWords noise = reference::random_words(seed, kPixels, layer, row, block);
    const reference::PhiloxWords prototype = reference::random_words(seed, kPrototypes, 0, shape, block);
    for (std::size_t i = 0; i < 4; ++i) {
      images.pixels.push_back(static_cast<std::uint8_t>((3 * (noise[i] >> 24) + (prototype[i] >> 24)) / 4));
    }
  }
}

/// Returns the images that the reference was trained and validated on, generated from the same words.
Dataset trajectory_dataset() {
  constexpr std::uint32_t kValidationRows = 200;
  const json& file = reference_file();
  const std::uint64_t seed = file.at("seed");
  Dataset dataset;
  dataset.height = dataset.width = 28;
  dataset.classes = file.at("classes");
  LabelledImages& train = dataset.splits[0];
  train.rows = file.at("rows");
  const auto rows = static_cast<std::uint32_t>(train.rows);
  const auto classes = static_cast<std::uint32_t>(dataset.classes);
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::uint32_t shape = reference::random_word(seed, kLabels, 0, 0, row) % classes;
    const std::uint32_t label =
        row % 3 == 0 ? reference::random_word(seed, kLabels, 0, 0, rows + row) % classes : shape;
    train.labels.push_back(static_cast<std::uint8_t>(label));
    append_image(train, 0, row, shape);
  }
  LabelledImages& validation = dataset.splits[1];
  validation.rows = kValidationRows;
  for (std::uint32_t row = 0; row < kValidationRows; ++row) {
    const std::uint32_t shape = reference::random_word(seed, kLabels, 1, 0, row) % classes;
    validation.labels.push_back(static_cast<std::uint8_t>(shape));
    append_image(validation, 1, row, shape);
  }
  dataset.splits[2] = {
      1, {train.pixels.begin(), train.pixels.begin() + dataset.features()}, {train.labels[0]}, {}};
  return dataset;
}

ScheduleSpec schedule_of(const json& schedule) {
  ScheduleSpec spec =
      ScheduleSpec::with_defaults(parse_schedule(schedule.at("kind").get<std::string>()).value());
  for (const ScheduleScalar& scalar : schedule_scalars(spec.kind)) {
    spec.*scalar.value = schedule.value(scalar.key, spec.*scalar.value);
  }
  return spec;
}

GroupSpec group_of(const json& one) {
  const json& file = reference_file();
  const json& optimizer = one.at("optimizer");
  RunSpec run;
  run.seed = file.at("seed");
  run.model.hidden = one.at("hidden").get<std::vector<int>>();
  run.model.activation = parse_activation(one.at("activation").get<std::string>()).value();
  run.model.dropout = 0;
  run.model.batch_size = one.value("batch", file.at("batch").get<int>());
  run.model.shuffle = false;
  run.model.optimizer =
      OptimizerSpec::with_defaults(parse_optimizer(optimizer.at("name").get<std::string>()).value());
  for (const OptimizerScalar& scalar : optimizer_scalars(run.model.optimizer.kind)) {
    run.model.optimizer.*scalar.value = optimizer.value(scalar.key, run.model.optimizer.*scalar.value);
  }
  run.model.epochs = one.value("epochs", 1);
  if (one.contains("schedule")) run.model.schedule = schedule_of(one.at("schedule"));
  run.model.label_smoothing = one.value("label_smoothing", 0.0);
  if (one.contains("class_weights")) {
    const json& weights = one.at("class_weights");
    run.model.class_weights.balanced = weights == "balanced";
    if (weights.is_array()) run.model.class_weights.values = weights.get<std::vector<double>>();
  }
  GroupSpec group;
  group.shape = mlp_spec(run.model, file.at("features"), file.at("classes"), Precision::kFp32);
  group.epochs = run.model.epochs;
  group.shuffle = false;
  group.runs = {run};
  return group;
}

/// Compares how far each kernel and bias has moved: the loss would hide an error in a small gradient.
void expect_moved(const Weights& initial, const Weights& final, const json& one) {
  const auto moved = one.at("moved").get<std::vector<double>>();
  const auto distance = [](const std::vector<float>& from, const std::vector<float>& to) {
    double sum = 0;
    for (std::size_t i = 0; i < from.size(); ++i) sum += std::pow(static_cast<double>(to[i]) - from[i], 2);
    return std::sqrt(sum);
  };
  for (std::size_t l = 0; l < final.size(); ++l) {
    SCOPED_TRACE("dense_" + std::to_string(l));
    const double kernel = moved[2 * l], bias = moved[2 * l + 1];
    EXPECT_NEAR(distance(initial[l].kernel, final[l].kernel), kernel, 1e-4 * kernel);
    EXPECT_NEAR(distance(initial[l].bias, final[l].bias), bias, 1e-4 * bias);
  }
}

class TrajectoryTest : public testing::TestWithParam<std::string> {};

TEST_P(TrajectoryTest, FollowsAutogradStepByStep) {
  const json& one = case_named(GetParam());
  const auto losses = one.at("losses").get<std::vector<double>>();
  const auto objectives = one.value("objectives", std::vector<double>());
  const Dataset dataset = trajectory_dataset();
  const GroupSpec spec = group_of(one);
  StepByStep group(dataset, spec);

  const Weights initial = group.weights();
  Metrics before;
  double worst = 0, worst_objective = 0;
  for (std::size_t step = 0; step < losses.size(); ++step) {
    if (static_cast<int>(before.rows) == dataset[Split::kTrain].rows || step == 0) {
      group.begin_epoch();
      before = {};
    }
    group.step();
    const Metrics after = group.metrics();
    const double loss = (after.loss_sum - before.loss_sum) / static_cast<double>(after.rows - before.rows);
    ASSERT_NEAR(loss, losses[step], tolerance(losses.size())) << "step " << step + 1;
    worst = std::max(worst, std::fabs(loss - losses[step]));
    if (!objectives.empty()) {
      const double objective = objective_between(before, after, spec.shape.extras);
      ASSERT_NEAR(objective, objectives[step], tolerance(losses.size())) << "objective of step " << step + 1;
      worst_objective = std::max(worst_objective, std::fabs(objective - objectives[step]));
    }
    before = after;
  }
  RecordProperty("worst_difference", std::to_string(worst));
  RecordProperty("worst_difference_of_objective", std::to_string(worst_objective));
  expect_moved(initial, group.weights(), one);
}

class MonitoredTrajectoryTest : public testing::TestWithParam<std::string> {};

/// The whole training set is one batch, so that each step is an epoch with a point in the history.
TEST_P(MonitoredTrajectoryTest, FollowsAutogradEpochByEpoch) {
  const json& one = case_named(GetParam());
  const auto losses = one.at("losses").get<std::vector<double>>();
  const auto validation_losses = one.at("validation_losses").get<std::vector<double>>();
  const Dataset dataset = trajectory_dataset();
  const std::unique_ptr<Lane> lane = make_cpu_lane();
  const DatasetLayout layout = dataset_layout(dataset);
  const Buffer resident = resident_dataset(*lane, dataset, layout);
  ReplicaGroup group(*lane, resident, layout, group_of(one));
  const Weights initial = group.weights()[0];
  group.evaluate_untrained();
  while (!group.is_trained()) group.train_epoch();
  const Weights final = group.weights()[0];

  const std::vector<EpochMetrics> history = group.finish()[0].history;
  ASSERT_EQ(history.size(), losses.size() + 1);
  for (std::size_t step = 0; step < losses.size(); ++step) {
    SCOPED_TRACE("step " + std::to_string(step + 1));
    ASSERT_NEAR(history[step + 1].loss, losses[step], tolerance(losses.size()));
    ASSERT_NEAR(history[step + 1].val_loss, validation_losses[step], tolerance(losses.size()));
  }
  expect_moved(initial, final, one);
}

TEST(TrajectoryDataTest, IsTheReferencesData) {
  const LabelledImages train = trajectory_dataset()[Split::kTrain];
  EXPECT_EQ(std::accumulate(train.pixels.begin(), train.pixels.end(), std::int64_t{0}),
            reference_file().at("pixel_sum").get<std::int64_t>());
  EXPECT_EQ(std::accumulate(train.labels.begin(), train.labels.end(), std::int64_t{0}),
            reference_file().at("label_sum").get<std::int64_t>());
}

/// trajectory_reference.py lists activations, optimizers and schedules by hand, since its values must not
/// depend on this project. This test fails if one of them, or a setting that is named below, is missing
/// there.
TEST(TrajectoryDataTest, HasEveryActivationOptimizerAndSetting) {
  std::set<std::string> names;
  for (const json& one : reference_file().at("cases")) {
    names.insert(
        {one.at("activation").get<std::string>(), one.at("optimizer").at("name").get<std::string>()});
  }
  for (const json& one : reference_file().at("cases")) {
    if (one.contains("schedule")) names.insert(one.at("schedule").at("kind").get<std::string>());
    for (const auto& [key, value] : one.at("optimizer").items()) names.insert(key);
  }
  for (const ScheduleKind kind : kSchedules) {
    EXPECT_TRUE(kind == ScheduleKind::kConstant || names.count(to_string(kind))) << to_string(kind);
  }
  for (const char* key : {"weight_decay", "l2", "gradient_clip_value", "gradient_clip_norm"}) {
    EXPECT_TRUE(names.count(key)) << key;
  }
  for (const std::string& name : activation_names()) EXPECT_TRUE(names.count(name)) << name;
  for (const std::string& name : optimizer_names()) EXPECT_TRUE(names.count(name)) << name;
}

INSTANTIATE_TEST_SUITE_P(Cases, TrajectoryTest, testing::ValuesIn(case_names(false)),
                         [](const auto& test) { return test.param; });
INSTANTIATE_TEST_SUITE_P(Cases, MonitoredTrajectoryTest, testing::ValuesIn(case_names(true)),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace gpu_sweep::test
