// The keys that describe a model, in [defaults], in a [[model]] or in [grid], as model_keys.def lists them.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "engine/experiment/hyper_parameters.h"
#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// The range of a type whose values are all valid.
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
  /// Returns whether tables and files omit the key, as those of older versions do.
  bool is_unsaid(const ModelSpec& model) const { return age == KeyAge::kAddedLater && is_default(model); }
};

/// Calls `call` with the ModelKey of each row, in the order of the rows.
template <class Call>
void for_each_model_key(const Call& call) {
  [[maybe_unused]] constexpr EveryValue kEveryValue;
#define GPU_SWEEP_MODEL_KEY(key, Type, default, valid, age, help) \
  call(ModelKey<Type, std::remove_cv_t<decltype(valid)>>{#key, &ModelSpec::key, valid, KeyAge::age, help});
#include "gpu_sweep/model_keys.def"
}

/// The names of the keys: "hidden", "activation", ...
const std::vector<std::string>& model_keys();

/// Return a value as tables show it and experiments state it. Hidden layers become "256-128" or "none".
std::string setting_text(const std::vector<int>& hidden);
std::string setting_text(Activation activation);
/// "constant", "step factor=0.1 every=10", "reduce_on_plateau monitor=validation_loss factor=0.1 ...", also
/// understood by --schedule. Run keys contain this text.
std::string setting_text(const ScheduleSpec& schedule);
/// "none", "balanced", or the weights: "1 1 2.5"
std::string setting_text(const ClassWeights& weights);
/// "none", or "validation_loss patience=5 min_delta=0 restore_best=true", also understood by
/// --early-stopping. Run keys contain this text.
std::string setting_text(const EarlyStoppingSpec& stopping);
/// "init order": the sources that vary
std::string setting_text(const VariedSources& sources);
std::string setting_text(double value);
std::string setting_text(int value);
std::string setting_text(bool value);

}  // namespace gpu_sweep
