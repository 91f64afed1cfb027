// The identity of a run: a hash of what determines its result.
#pragma once

#include <string>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// Must be raised whenever a change of the code may give the same run different bits than before.
constexpr int kNumericsVersion = 1;

/// Returns the SHA-256, in hexadecimal, of the following: the resolved model (except its name), the seed, the
/// precision, the kind of device, the hashes of the data, the number of classes unless the labels imply it,
/// the settings of the data that differ from the defaults, and the numerics version. Scalars that the model's
/// optimizer does not use are left out. The library and the instruction set that compute the matrix products
/// (DeviceInfo::numerics) are also left out. They do change the last bits of a result, but they are
/// properties of the machine. The run store therefore records them beside its runs and refuses to mix runs
/// for which they differ (engine/store/database/experiment_changes.h).
std::string run_key(const ModelSpec& model, std::uint64_t seed, Precision precision,
                    const std::string& device_kind, const Dataset& dataset);

}  // namespace gpu_sweep
