// Weights as .npz: arrays dense_0/kernel [I, O] and dense_0/bias [O], dense_1/..., all <f4, without
// padding. Unless the run started from given weights, `key` [64] as |u1 contains the run's key, as in
// runs.csv. Unless the data has default settings, inputs/settings contains them as JSON text, as |u1, and
// the run's seed if it decided about its split. If the inputs were standardized, inputs/mean and
// inputs/scale [D] as <f8 contain the mean and the scale of each input.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "gpu_sweep/data_settings.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// Reads weights. Throws Error(kData), naming file and array, if an array is missing, unknown or of another
/// type, or if the shapes do not fit together (the outputs of dense_i must equal the inputs of dense_i+1).
/// Values need not be finite.
Weights load_weights(const std::filesystem::path& file);

/// Returns the key of the run that these weights belong to, or "" if the file has no key. Throws Error(kData)
/// if the file is damaged.
std::string run_of_weights(const std::filesystem::path& file);

/// How the inputs of a network were prepared.
struct InputRecipe {
  DataSettings settings;                           ///< those that are not the default for the data
  std::optional<Standardization> standardization;  ///< if settings.normalize is kStandardize
  std::optional<std::uint64_t> seed = {};          ///< of the run, if settings.split is kPerRun
  friend bool operator==(const InputRecipe&, const InputRecipe&) = default;
};

/// Returns the recipe that these weights were trained with, or the default if the file has none. Throws
/// Error(kData) as load_weights does.
InputRecipe load_input_recipe(const std::filesystem::path& file);

/// Writes weights atomically. `key` is the run's key, or "" for a run that started from given weights. Equal
/// weights, keys and recipes give equal bytes. Throws Error(kOutput).
void save_weights(const std::filesystem::path& file, const Weights& weights, const std::string& key = "",
                  const InputRecipe& recipe = {});

}  // namespace gpu_sweep
