// Standardizes inputs to mean 0 and standard deviation 1.
#pragma once

#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Returns the mean [D] and the scale [D], 1 / standard deviation, of the D columns of rows.floats, summed in
/// double in the order of the rows. The scale of a column is 1 if its values are all equal.
Standardization standardization_of(const LabelledImages& rows, int features);

/// Replaces every number by (x - mean) * scale, computed in double and rounded once. Throws Error(kData) with
/// `name`, row and column if a result is beyond float32.
void standardize(LabelledImages& rows, const Standardization& by, const std::string& name);

}  // namespace gpu_sweep
