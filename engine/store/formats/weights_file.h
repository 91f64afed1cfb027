// Weights as .npz: arrays dense_0/kernel [I, O] and dense_0/bias [O], dense_1/..., all <f4, without padding,
// and, where a seed alone defined the run, its key [64] as |u1, the digits that runs.csv has.
#pragma once

#include <filesystem>
#include <string>

#include "engine/model/weights.h"
#include "engine/store/formats/npz.h"

namespace gpu_sweep {

/// Throws Error(kData) naming file and array where one is missing, unknown, of another type, or where the
/// shapes do not chain up (the outputs of dense_i are the inputs of dense_i+1). Values need not be finite.
Weights load_weights(const std::filesystem::path& file);

/// The same from arrays in memory; `file` is what messages call them.
Weights parse_weights(NpzArrays arrays, const std::filesystem::path& file);

/// The key of the run whose weights these are; "" where the file names none. Throws Error(kData) as read_npz
/// does.
std::string run_of_weights(const std::filesystem::path& file);

/// `key` is the run's, or "" where the weights are no run's of a seed. Equal weights and keys give equal
/// bytes; no partial file is ever seen. Throws Error(kOutput).
void save_weights(const std::filesystem::path& file, const Weights& weights, const std::string& key = "");

}  // namespace gpu_sweep
