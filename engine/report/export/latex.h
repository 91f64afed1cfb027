// A study for a paper: tables and the paragraph on methods, in LaTeX.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/report/analysis.h"

namespace gpu_sweep {

/// Returns text in which characters that LaTeX interprets are escaped.
std::string latex_text(const std::string& text);

/// Returns names and contents: models.tex and pairs.tex, tabulars for the package booktabs; the second has
/// all pairs, or those with the highest mean if there are more than 50 models, and is absent without pairs.
/// methods.tex says in a paragraph what was done and found. Every number in them is in summary.json.
std::vector<std::pair<std::string, std::string>> latex_files(const ReportAnalysis& analysis);

}  // namespace gpu_sweep
