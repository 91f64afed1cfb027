#include "engine/report/text/results_text.h"

#include "engine/report/display_width.h"

namespace gpu_sweep {

std::string results_text(const ReportAnalysis& analysis) {
  std::string text = study_table(*analysis.stored, analysis.records, analysis.design);
  if (analysis.all_models.size() > 1) text += '\n' + printable(analysis.verdict()) + '\n';
  return text;
}

}  // namespace gpu_sweep
