#include "apps/gpu_sweep/print_results.h"

#include <nlohmann/json.hpp>

#include "apps/gpu_sweep/output.h"
#include "engine/report/display_width.h"
#include "engine/report/export/summary_json.h"
#include "gpu_sweep/tables.h"

namespace gpu_sweep {

void print_results(const ReportAnalysis& analysis, bool json) {
  if (json) {
    print_data(summary_text(summary_json(analysis)));
    return;
  }
  std::string text = study_table(*analysis.stored, analysis.records);
  if (analysis.all_models.size() > 1) text += '\n' + printable(analysis.verdict()) + '\n';
  print_data(text);
}

}  // namespace gpu_sweep
