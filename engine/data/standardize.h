// Inputs of mean 0 and deviation 1.
#pragma once

#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Returns mean and deviation of every column [D] of the floats of `rows`, summed in double in the order of
/// the rows.
Standardization standardization_of(const LabelledImages& rows, int features);

/// Replaces every number by (x - mean) * scale, computed in double and rounded once. Throws Error(kData) with
/// `name`, row and column if a result is beyond float32.
void standardize(LabelledImages& rows, const Standardization& by, const std::string& name);

}  // namespace gpu_sweep
