// Warns about labels that permit training but are probably a mistake.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Returns one line per finding. The findings are: there is only one class; labels seem to count from 1; a
/// class below the largest label has no rows; a class has rows, but none in one of the splits that have rows.
/// `label_file` is the path of the training labels. `unit` is the word for a row in these lines: "image" or
/// "row".
std::vector<std::string> label_remarks(const Dataset& dataset, const std::string& label_file,
                                       const char* unit);

}  // namespace gpu_sweep
