#include "apps/gpu_sweep/print_results.h"

#include <nlohmann/json.hpp>

#include "apps/gpu_sweep/output.h"
#include "engine/report/export/summary_json.h"
#include "gpu_sweep/tables.h"

namespace gpu_sweep {

void print_results(const StoredExperiment& stored, const std::vector<RunRecord>& runs, bool json,
                   const Calibrations& calibrations) {
  print_data(json ? summary_text(summary_json(stored, runs, calibrations)) : study_table(stored, runs));
}

}  // namespace gpu_sweep
