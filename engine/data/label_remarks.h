// Warns about labels that can be trained on but are probably a mistake.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Returns one line per finding: only one class; labels counted from 1; classes below the largest label that
/// have no row; classes with rows in only one or two of the three splits. `label_file` is the path of the
/// training labels. `unit` is what the lines call a row: "image" or "row".
std::vector<std::string> label_remarks(const Dataset& dataset, const std::string& label_file,
                                       const char* unit);

}  // namespace gpu_sweep
