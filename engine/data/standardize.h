// Standardizes inputs to mean 0 and standard deviation 1.
#pragma once

#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Returns the mean [D] and the scale [D] = 1 / standard deviation of the D columns of rows.floats. The sums
/// are computed in double, in the order of the rows. The scale of a column is 1 if all its values are equal.
Standardization standardization_of(const LabelledImages& rows, int features);

/// Replaces every number x by (x - mean) * scale, computed in double and rounded once. Throws an Error(kData)
/// that names `name`, the row and the column, if a result is out of the range of float32.
void standardize(LabelledImages& rows, const Standardization& by, const std::string& name);

}  // namespace gpu_sweep
