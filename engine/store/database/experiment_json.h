// Experiments and provenance as JSON, for the run store and for reports.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "gpu_sweep/experiment.h"
#include "gpu_sweep/stored_experiment.h"

namespace gpu_sweep {

/// Models and optimizers have the keys of an experiment file. Scalars that the optimizer does not use are
/// omitted, and so are keys that the first version did not have (KeyAge::kAddedLater) if their value is the
/// default. Numbers survive the round trip bit for bit.
nlohmann::ordered_json to_json(const OptimizerSpec& optimizer);
nlohmann::ordered_json to_json(const ModelSpec& model);
nlohmann::ordered_json to_json(const AnalysisSettings& settings);
nlohmann::ordered_json to_json(
    const Experiment& experiment);  ///< omits the analysis settings if all are default
nlohmann::ordered_json to_json(const Shard& shard);
nlohmann::ordered_json to_json(const Provenance& provenance);

/// Inverses of to_json(). Whatever was omitted takes its default. These functions throw
/// nlohmann::json::exception if a key is missing or has another type, and std::invalid_argument for an
/// unknown word and for an integer or an analysis setting out of range.
ModelSpec model_from_json(const nlohmann::ordered_json& json);
AnalysisSettings analysis_from_json(const nlohmann::ordered_json& json);
Experiment experiment_from_json(const nlohmann::ordered_json& json);
Provenance provenance_from_json(const nlohmann::ordered_json& json);

}  // namespace gpu_sweep
