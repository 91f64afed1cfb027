// What summary.json says about a race, that is, a study with --race, in which models that are clearly behind
// or diverge too often get no more seeds and are said to leave the race.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/statistics/until_decided.h"

namespace gpu_sweep {

/// Returns which models left the race and when, and what the race guarantees: {"sentence", "complete",
/// "missing_runs", "most_runs", "best_dropped_at_most", "metric", "spread", "degrees_of_freedom", "looks":
/// [{"seeds", "remaining"}], "left": [{"model", "seeds", "reason"}]}. `design` must be that of a race.
nlohmann::ordered_json race_json(const Design& design, const Experiment& experiment);

}  // namespace gpu_sweep
