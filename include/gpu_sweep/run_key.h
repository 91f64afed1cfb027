// The identity of a run: what its result depends on, and nothing else.
#pragma once

#include <string>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// Must be raised whenever the same run may give different bits than before.
constexpr int kNumericsVersion = 1;

/// Returns the hex SHA-256 of (resolved model without its name, seed, precision, device kind, data hashes,
/// settings of the data that are not the default, numerics version). Scalars that the model's optimizer does
/// not use are left out. So are the library and the instruction set that compute the matrix products
/// (DeviceInfo::numerics): they change the last bits of a result, but depend on the machine. The run store
/// records them beside its runs and refuses to mix runs that differ in them
/// (store/database/experiment_changes.h).
std::string run_key(const ModelSpec& model, std::uint64_t seed, Precision precision,
                    const std::string& device_kind, const Dataset& dataset);

}  // namespace gpu_sweep
