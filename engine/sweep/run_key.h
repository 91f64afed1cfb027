// The identity of a run: what its result depends on, and nothing else.
#pragma once

#include <string>

#include "engine/data/dataset.h"
#include "engine/model/model_spec.h"

namespace gpu_sweep {

/// Rises whenever the same run may give other bits than before.
constexpr int kNumericsVersion = 1;

/// Hex SHA-256 over (resolved model less its name, seed, precision, device kind, data hashes, numerics
/// version). Scalars that the model's optimiser does not use do not count. The library and the instruction
/// set behind the products (DeviceInfo::numerics) change last bits too, but belong to the machine: the run
/// store keeps them beside its runs and refuses to mix them (store/experiment_changes.h).
std::string run_key(const ModelSpec& model, std::uint64_t seed, Precision precision,
                    const std::string& device_kind, const Dataset& dataset);

}  // namespace gpu_sweep
