// A study for a paper: tables and the paragraph on methods, in LaTeX.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/report/analysis.h"

namespace gpu_sweep {

/// Returns text in which characters that LaTeX interprets are escaped.
std::string latex_text(const std::string& text);

/// Returns file names and contents. models.tex and pairs.tex are tabulars for the package booktabs. pairs.tex
/// has all pairs or, with more than 50 models, those with the model of the highest mean; it is absent without
/// pairs. methods.tex says in one paragraph what was done and found. The numbers in the tables are in
/// summary.json, too.
std::vector<std::pair<std::string, std::string>> latex_files(const ReportAnalysis& analysis);

}  // namespace gpu_sweep
