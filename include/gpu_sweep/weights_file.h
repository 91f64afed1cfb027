// Weights as .npz: arrays dense_0/kernel [I, O], dense_0/bias [O], dense_1/..., all <f4, without padding.
// The other arrays are optional:
// - `key` [64] as |u1 is the key of the run, as in runs.csv. It is absent if the run started from given
//   weights.
// - inputs/settings as |u1 is JSON text with the settings of the data, and with the seed of the run if the
//   seed determined the split. It is absent if all settings have their defaults.
// - inputs/mean and inputs/scale [D] as <f8 are the mean and the scale of each input, if the inputs were
//   standardized.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "gpu_sweep/data_settings.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// Reads weights. Throws Error(kData) if the file is damaged, and, naming the array, if an array is missing,
/// is unknown, or has another type, or if the shapes do not fit together (dense_i must have as many outputs
/// as dense_i+1 has inputs). Values may be infinite or NaN.
Weights load_weights(const std::filesystem::path& file);

/// Returns the key of the run that these weights belong to, or "" if the file has no key. Throws Error(kData)
/// if the file is damaged.
std::string run_of_weights(const std::filesystem::path& file);

/// How the inputs of a network were prepared from the data.
struct InputRecipe {
  DataSettings settings;                           ///< settings that differ from the defaults for this data
  std::optional<Standardization> standardization;  ///< if settings.normalize is kStandardize
  std::optional<std::uint64_t> seed = {};          ///< of the run, if settings.split is kPerRun
  friend bool operator==(const InputRecipe&, const InputRecipe&) = default;
};

/// Returns the recipe of the inputs that these weights were trained with, or the default recipe if the file
/// has none. Throws Error(kData) if the file or the recipe is damaged.
InputRecipe load_input_recipe(const std::filesystem::path& file);

/// Writes weights atomically. `key` is the run's key, or "" for a run that started from given weights. Equal
/// weights, keys and recipes give equal bytes. Throws Error(kOutput).
void save_weights(const std::filesystem::path& file, const Weights& weights, const std::string& key = "",
                  const InputRecipe& recipe = {});

}  // namespace gpu_sweep
