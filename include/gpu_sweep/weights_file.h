// Weights as .npz: arrays dense_0/kernel [I, O] and dense_0/bias [O], dense_1/..., all <f4, without padding.
// For runs that did not start from given weights, also the run's key [64] as |u1: the same digits as in
// runs.csv.
#pragma once

#include <filesystem>
#include <string>

#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// Throws Error(kData) naming file and array if one is missing, unknown or of another type, or if the shapes
/// do not chain up (the outputs of dense_i are the inputs of dense_i+1). Values need not be finite.
Weights load_weights(const std::filesystem::path& file);

/// Returns the key of the run that these weights belong to, or "" if the file has no key. Throws Error(kData)
/// if the file is damaged.
std::string run_of_weights(const std::filesystem::path& file);

/// Writes weights atomically. `key` is the run's key, or "" for a run that started from given weights. Equal
/// weights and keys give equal bytes. Throws Error(kOutput).
void save_weights(const std::filesystem::path& file, const Weights& weights, const std::string& key = "");

}  // namespace gpu_sweep
