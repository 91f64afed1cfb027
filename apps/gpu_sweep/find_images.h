// Finds the data set of existing results, for the images of a report.
#pragma once

#include <optional>
#include <string>

#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns the data set that the runs were trained on. If it cannot be read or has changed, warns with the
/// reason and returns nothing; the report then shows no images. If the user named a data set with --data
/// (`flag`), throws Error(kData) instead.
std::optional<Dataset> find_images(const Provenance& provenance, const std::string& flag);

}  // namespace gpu_sweep
