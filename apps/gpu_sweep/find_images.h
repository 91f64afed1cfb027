// Finds the data set of existing results, for the images of a report.
#pragma once

#include <optional>
#include <string>

#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns the data set on which the runs were trained. `flag` is the value of --data. If the data set cannot
/// be read or has changed, warns with the reason and returns nothing; the report then shows no images. If,
/// however, the user named the data set with --data, throws an Error.
std::optional<Dataset> find_images(const Provenance& provenance, const std::string& flag);

}  // namespace gpu_sweep
