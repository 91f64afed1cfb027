#include "engine/report/text/results_text.h"

#include "engine/report/display_width.h"

namespace gpu_sweep {

std::string results_text(const ReportAnalysis& analysis) {
  Design design = analysis.design;
  std::string below = analysis.all_models.size() > 1 ? analysis.verdict() : "";
  if (!design.opening.empty()) {  // the first lines say that the study was extended, and what follows from it
    design.sentence = printable(analysis.differences() + " " + design.terms);
    below = analysis.choice();
  }
  std::string text = study_table(*analysis.stored, analysis.records, design);
  if (!below.empty()) text += '\n' + printable(below) + '\n';
  return text;
}

}  // namespace gpu_sweep
