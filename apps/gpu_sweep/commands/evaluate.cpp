// gpu_sweep evaluate: loss, accuracy and confusion matrix of saved weights.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/training/setup.h"
#include "apps/gpu_sweep/weights_shape.h"
#include "engine/lane/resident_data.h"
#include "engine/report/display_width.h"
#include "engine/report/export/summary_json.h"
#include "engine/train/replica_group.h"
#include "gpu_sweep/weights_file.h"

namespace gpu_sweep {
namespace {

struct EvaluateFlags {
  SetupFlags setup;
  std::string weights;
  std::optional<Split> split;
  std::optional<Activation> activation;
  bool json = false;
};

struct Evaluation {
  SplitMetrics metrics;
  ConfusionMatrix confusion;
};

std::vector<std::string> set_names() {
  std::vector<std::string> names;
  for (const Split split : kAllSplits) names.emplace_back(to_string(split));
  return names;
}

std::optional<Split> parse_set(std::string_view name) {
  for (const Split split : kAllSplits) {
    if (name == to_string(split)) return split;
  }
  return std::nullopt;
}

/// Returns a group of one replica, which is evaluated but never trained.
GroupSpec group_for(const Weights& weights, std::uint64_t seed, const EvaluateFlags& flags,
                    const Setup& setup) {
  ModelSpec model;
  model.hidden = hidden_widths(weights, setup.dataset, flags.weights);
  model.activation = flags.activation.value_or(model.activation);
  model.batch_size = std::min(model.batch_size, setup.dataset[Split::kTrain].rows);
  model.epochs = 1;
  GroupSpec group;
  group.shape = mlp_spec(model, setup.dataset.features(), setup.dataset.classes, setup.precision);
  group.epochs = 1;
  group.shuffle = false;
  group.runs = {{model, seed, ""}};
  return group;
}

Evaluation evaluate_weights(const Weights& weights, const GroupSpec& spec, const Setup& setup, Split split) {
  const std::unique_ptr<Lane> lane =
      setup.devices.backend.make_lane(setup.devices.indices.front(), LaneOptions{});
  const DatasetLayout layout = dataset_layout(setup.dataset);
  const Buffer dataset = resident_dataset(*lane, setup.dataset, layout);
  const std::vector<Weights> initial = {weights};
  ReplicaGroup group(*lane, dataset, layout, spec, initial);
  const SplitMetrics metrics = group.evaluate(split).front();
  return {metrics, group.confusion().front()};
}

std::uint32_t count(const ConfusionMatrix& matrix, int truth, int predicted) {
  return matrix.counts[static_cast<std::size_t>(truth * matrix.classes + predicted)];
}

/// Formats a metric; the sign of a NaN is dropped.
std::string metric_text(double value) { return std::isnan(value) ? "nan" : fmt::format("{:.4f}", value); }

std::string as_text(const Evaluation& evaluation, Split split, const Setup& setup) {
  const ConfusionMatrix& matrix = evaluation.confusion;
  std::string text =
      fmt::format("{} set, {} {}: loss {}, accuracy {}\n\n", to_string(split), setup.dataset[split].rows,
                  setup.dataset.height > 1 ? "images" : "rows", metric_text(evaluation.metrics.loss),
                  metric_text(evaluation.metrics.accuracy));
  text += "rows: true class, columns: predicted class\n      ";
  for (int predicted = 0; predicted < matrix.classes; ++predicted) text += fmt::format("{:>6}", predicted);
  for (int truth = 0; truth < matrix.classes; ++truth) {
    text += fmt::format("\n{:>6}", truth);
    for (int predicted = 0; predicted < matrix.classes; ++predicted) {
      text += fmt::format("{:>6}", count(matrix, truth, predicted));
    }
    text += "  " + printable(setup.dataset.class_names[static_cast<std::size_t>(truth)]);
  }
  return text + "\n";
}

std::string as_json(const Evaluation& evaluation, Split split, const Setup& setup, const std::string& file) {
  nlohmann::ordered_json json;
  json["weights"] = file;
  json["set"] = to_string(split);
  json["images"] = setup.dataset[split].rows;
  json["loss"] = evaluation.metrics.loss;
  json["accuracy"] = evaluation.metrics.accuracy;
  json["classes"] = setup.dataset.class_names;
  json["confusion"] = nlohmann::ordered_json::array();
  for (int truth = 0; truth < evaluation.confusion.classes; ++truth) {
    nlohmann::ordered_json row = nlohmann::ordered_json::array();
    for (int predicted = 0; predicted < evaluation.confusion.classes; ++predicted) {
      row.push_back(count(evaluation.confusion, truth, predicted));
    }
    json["confusion"].push_back(row);
  }
  json["device"] = setup.device().name;
  json["precision"] = to_string(setup.precision);
  return summary_text(json);
}

void evaluate(const EvaluateFlags& flags) {
  if (flags.weights.empty())
    throw Error(ExitCode::kUsage, "--weights: missing, expected a .npz file of weights");
  const Weights weights = load_weights(flags.weights);
  // The network may have been trained with classes that have no labels in this data set.
  ClassSpec classes;
  if (!weights.empty() && kClassesRange.contains(weights.back().outputs))
    classes.count = weights.back().outputs;
  const InputRecipe inputs = load_input_recipe(flags.weights);
  const Setup setup = make_setup(flags.setup, classes, inputs.settings,
                                 inputs.standardization ? &*inputs.standardization : nullptr);
  const Split split = flags.split.value_or(Split::kTest);
  if (setup.dataset[split].rows == 0) {
    throw Error(ExitCode::kUsage, std::string("--set: found ") + to_string(split) +
                                      ", which has no rows in " + setup.dataset.directory +
                                      ": the weights were trained without");
  }
  if (setup.dataset.has_split_per_run() && split != Split::kTest && !inputs.seed) {
    throw Error(ExitCode::kUsage, std::string("--set: found ") + to_string(split) + ", expected test: " +
                                      flags.weights + " does not say which seed's split it was trained on");
  }
  const GroupSpec group = group_for(weights, inputs.seed.value_or(0), flags, setup);
  say_notices(setup);
  const Evaluation evaluation = evaluate_weights(weights, group, setup, split);
  if (!std::isfinite(evaluation.metrics.loss)) {
    warn(flags.weights + ": the loss is not finite, as after training that diverged");
  }
  print_data(flags.json ? as_json(evaluation, split, setup, flags.weights)
                        : as_text(evaluation, split, setup));
}

}  // namespace

Command add_evaluate_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("evaluate", "Loss, accuracy and confusion matrix of saved weights");
  const auto flags = std::make_shared<EvaluateFlags>();
  add_path_flag(
      *app, "--weights", flags->weights, "F.npz",
      "file of dense_0/kernel [in, out], dense_0/bias [out], dense_1/...; if it has settings of the data\n"
      "(inputs/settings, inputs/mean, inputs/scale), these apply");
  add_name_flag(*app, "--set", flags->split, parse_set, set_names(),
                "train, validation, test or judging (default test)");
  add_name_flag(*app, "--activation", flags->activation, parse_activation, activation_names(),
                "of the hidden layers (the file does not record it): " + list_of(activation_names()) +
                    " (default relu)");
  app->add_flag("--json", flags->json, "print JSON instead of text");
  add_device_flags(*app, flags->setup);
  app->footer("Example: gpu_sweep evaluate --weights three.npz --set validation");
  return {app, [flags] { evaluate(*flags); }};
}

}  // namespace gpu_sweep
