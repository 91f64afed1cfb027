// Weights as .npz: arrays dense_0/kernel [I, O] and dense_0/bias [O], dense_1/..., all <f4, without padding.
#pragma once

#include <filesystem>

#include "engine/model/weights.h"
#include "engine/store/npz.h"

namespace gpu_sweep {

/// Throws Error(kData) naming file and array where one is missing, unknown, of another type, or where the
/// shapes do not chain up (the outputs of dense_i are the inputs of dense_i+1). Values need not be finite.
Weights load_weights(const std::filesystem::path& file);

/// The same from arrays in memory; `file` is what messages call them.
Weights parse_weights(NpzArrays arrays, const std::filesystem::path& file);

/// Equal weights give equal bytes; no partial file is ever seen. Throws Error(kOutput).
void save_weights(const std::filesystem::path& file, const Weights& weights);

}  // namespace gpu_sweep
