#include "apps/gpu_sweep/flags/model.h"

#include <algorithm>

#include "apps/gpu_sweep/flags/flags.h"
#include "engine/experiment/model_keys.h"

namespace gpu_sweep {
namespace {

/// Returns the first scalar with this key. Its range is the same for all optimizers that have it.
const OptimizerScalar& scalar_of(const std::string& key) {
  for (const OptimizerKind kind : kOptimizers) {
    for (const OptimizerScalar& scalar : optimizer_scalars(kind)) {
      if (key == scalar.key) return scalar;
    }
  }
  throw std::invalid_argument("no optimizer has " + key);
}

std::string flag_of(std::string key) {
  std::ranges::replace(key, '_', '-');
  return "--" + key;
}

void set_scalar(OptimizerSpec& optimizer, const std::string& flag, const std::string& key, double value) {
  std::vector<std::string> known;
  for (const OptimizerScalar& scalar : optimizer_scalars(optimizer.kind)) {
    if (key == scalar.key) {
      optimizer.*scalar.value = value;
      return;
    }
    known.push_back(flag_of(scalar.key));
  }
  throw Error(ExitCode::kUsage, flag + ": not a hyper-parameter of " + to_string(optimizer.kind) +
                                    ", which has " + list_of(known));
}

}  // namespace

ModelFlags::ModelFlags(CLI::App& app) {
  app.add_option_function<std::string>(
         "--hidden", [this](const std::string& text) { hidden_ = parse_widths_flag("--hidden", text); },
         "widths of the hidden layers, such as 256,128; none for logistic regression")
      ->type_name("N,N,...");
  add_name_flag(app, "--activation", activation_, parse_activation, activation_names(),
                list_of(activation_names()) + " (default relu)");
  add_number_flag(app, "--dropout", dropout_, NumberRange::kFraction,
                  "dropout rate after every hidden layer (default 0.2)");
  add_name_flag(app, "--optimizer", optimizer_, parse_optimizer, optimizer_names(),
                list_of(optimizer_names()) + " (default adam)");
  for (const std::string& key : optimizer_scalar_keys()) add_scalar(app, key, optimizer_scalar_help(key));
  add_integer_flag(app, "--batch-size", batch_size_, kBatchRange, "samples per step (default 256)");
  add_integer_flag(app, "--epochs", epochs_, kEpochsRange, "passes over the training set (default 50)");
  app.add_option_function<std::string>(
         "--shuffle", [this](const std::string& text) { shuffle_ = parse_switch_flag("--shuffle", text); },
         "on: a new random order every epoch (default); off: the order of the training split")
      ->type_name("on|off");
}

void ModelFlags::add_scalar(CLI::App& app, const std::string& key, const std::string& help) {
  Scalar& scalar = *scalars_.emplace_back(std::make_unique<Scalar>(Scalar{flag_of(key), key, std::nullopt}));
  add_number_flag(app, scalar.flag, scalar.value, scalar_of(key).range, help);
}

ModelSpec ModelFlags::model() const {
  if (!hidden_)
    throw Error(ExitCode::kUsage, "--hidden: missing, expected layer widths such as 256,128, or none");
  ModelSpec model;
  model.hidden = *hidden_;
  model.name = hidden_text(model.hidden);
  model.activation = activation_.value_or(model.activation);
  model.dropout = dropout_.value_or(model.dropout);
  if (optimizer_) model.optimizer = OptimizerSpec::with_defaults(*optimizer_);
  for (const auto& scalar : scalars_) {
    if (scalar->value) set_scalar(model.optimizer, scalar->flag, scalar->key, *scalar->value);
  }
  model.batch_size = batch_size_.value_or(model.batch_size);
  model.epochs = epochs_.value_or(model.epochs);
  model.shuffle = shuffle_.value_or(model.shuffle);
  return model;
}

}  // namespace gpu_sweep
