// The claims of a report in summary.json.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/report/analysis.h"

namespace gpu_sweep {

/// Adds what the report claims, and the numbers behind each claim, to `summary`: the verdict, and the pairs
/// of models by accuracy, spread and share of failed runs.
void add_claims(const ReportAnalysis& analysis, nlohmann::ordered_json& summary);

}  // namespace gpu_sweep
