#include "apps/gpu_sweep/print_results.h"

#include <nlohmann/json.hpp>

#include "apps/gpu_sweep/output.h"
#include "engine/report/export/summary_json.h"
#include "engine/report/text/results_text.h"

namespace gpu_sweep {

void print_results(const ReportAnalysis& analysis, bool json) {
  print_data(json ? summary_text(summary_json(analysis)) : results_text(analysis));
}

}  // namespace gpu_sweep
