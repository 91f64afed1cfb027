// Weights as .npz: arrays dense_0/kernel [I, O] and dense_0/bias [O], dense_1/..., all <f4, without padding.
// For runs that did not start from given weights, also the run's key [64] as |u1: the same digits as in
// runs.csv.
// Unless the data has default settings, inputs/settings is their JSON as |u1; inputs/mean and inputs/scale
// [D] as <f8 are those of standardized inputs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "gpu_sweep/data_settings.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// Throws Error(kData) naming file and array if one is missing, unknown or of another type, or if the shapes
/// do not chain up (the outputs of dense_i are the inputs of dense_i+1). Values need not be finite.
Weights load_weights(const std::filesystem::path& file);

/// Returns the key of the run that these weights belong to, or "" if the file has no key. Throws Error(kData)
/// if the file is damaged.
std::string run_of_weights(const std::filesystem::path& file);

/// What the inputs of a network have gone through.
struct InputRecipe {
  DataSettings settings;                           ///< those that are not the default for the data
  std::optional<Standardization> standardization;  ///< if settings.normalize is kStandardize
  friend bool operator==(const InputRecipe&, const InputRecipe&) = default;
};

/// Returns the recipe that these weights were trained with; a default one if the file has none. Throws
/// Error(kData) as load_weights does.
InputRecipe load_input_recipe(const std::filesystem::path& file);

/// Writes weights atomically. `key` is the run's key, or "" for a run that started from given weights. Equal
/// weights, keys and recipes give equal bytes. Throws Error(kOutput).
void save_weights(const std::filesystem::path& file, const Weights& weights, const std::string& key = "",
                  const InputRecipe& recipe = {});

}  // namespace gpu_sweep
