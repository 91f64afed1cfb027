// The settings of a data set as JSON, in stores and files of weights.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "gpu_sweep/data_settings.h"

namespace gpu_sweep {

/// The keys are those of an experiment file. Settings with their default values are left out. Numbers survive
/// the round trip bit for bit.
nlohmann::ordered_json to_json(const DataSettings& settings);

/// Inverse of to_json(). Throws nlohmann::json::exception for a missing key or a value of another type, and
/// std::invalid_argument for an unknown word or a fraction out of range.
DataSettings data_settings_from_json(const nlohmann::ordered_json& json);

}  // namespace gpu_sweep
