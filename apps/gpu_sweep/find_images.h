// The data set behind results that are already there, for the images of a report.
#pragma once

#include <optional>
#include <string>

#include "engine/store/run_store.h"

namespace gpu_sweep {

/// The data set that the runs were trained on. Nothing, and a warning that says why, where it is not there
/// any more: the report does without its images. A data set that the user named with --data, `flag`, must be
/// the right one: throws Error(kData).
std::optional<Dataset> find_images(const Provenance& provenance, const std::string& flag);

}  // namespace gpu_sweep
