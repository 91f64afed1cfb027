// The keys of a model, as model_keys.def lists them. They may appear in [defaults], in a [[model]] and in
// [grid].
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "engine/experiment/hyper_parameters.h"
#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// The range of a type all of whose values are valid.
struct EveryValue {};

template <class T, class ValidRange>
struct ModelKey {
  using Value = T;

  const char* name;
  T ModelSpec::*value;
  ValidRange range;
  KeyAge age;
  const char* help;  ///< of the flag

  bool is_default(const ModelSpec& model) const { return model.*value == ModelSpec{}.*value; }
  /// Returns whether tables and files omit the key. They do so if it was added later and has its default
  /// value, so that they look like those of older versions.
  bool is_unsaid(const ModelSpec& model) const { return age == KeyAge::kAddedLater && is_default(model); }
};

/// Calls `call` with the ModelKey of each row of model_keys.def, in the order of the rows.
template <class Call>
void for_each_model_key(const Call& call) {
  [[maybe_unused]] constexpr EveryValue kEveryValue;
#define GPU_SWEEP_MODEL_KEY(key, Type, default, valid, age, help) \
  call(ModelKey<Type, std::remove_cv_t<decltype(valid)>>{#key, &ModelSpec::key, valid, KeyAge::age, help});
#include "gpu_sweep/model_keys.def"
}

/// Returns the names of the keys: "hidden", "activation", ...
const std::vector<std::string>& model_keys();

/// Each setting_text returns a value in the form in which tables show it. Names and numbers are written as in
/// experiments, hidden layers as "256-128" or "none".
std::string setting_text(const std::vector<int>& hidden);
std::string setting_text(Activation activation);
/// Returns "constant", "step factor=0.1 every=10", "reduce_on_plateau monitor=validation_loss factor=0.1 ..."
/// and so on. --schedule accepts this text, and run keys contain it.
std::string setting_text(const ScheduleSpec& schedule);
/// Returns "none", "balanced", or the weights, such as "1 1 2.5".
std::string setting_text(const ClassWeights& weights);
/// Returns "none", or a text such as "validation_loss patience=5 min_delta=0 restore_best=true".
/// --early-stopping accepts this text, and run keys contain it.
std::string setting_text(const EarlyStoppingSpec& stopping);
/// Returns the names of the sources that vary, such as "init order".
std::string setting_text(const VariedSources& sources);
std::string setting_text(double value);
std::string setting_text(int value);
std::string setting_text(bool value);

}  // namespace gpu_sweep
