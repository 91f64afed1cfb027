// The sections of the report page, each a piece of HTML. All text in them is escaped.
#pragma once

#include <string>

#include "engine/report/analysis.h"

namespace gpu_sweep {

/// Tables of accuracy and loss, distributions of the final metrics over runs, and a full description of each
/// metric.
std::string metrics_section(const ReportAnalysis& analysis);

/// Pairwise differences as interval plots and tables. Empty if there are no two models to compare.
std::string differences_section(const ReportAnalysis& analysis);

/// Ranks by metric, as in the reference study, and the choice by rule. Empty if fewer than two models have
/// finite runs and did not leave a race, unless one model is left and was chosen.
std::string choice_section(const ReportAnalysis& analysis);

/// Learning curves with bands, and the epochs at which runs were best.
std::string curves_section(const ReportAnalysis& analysis);

/// Confusion matrices, recall, ensembles, churn and the images mistaken most often.
std::string mistakes_section(const ReportAnalysis& analysis);

/// How far class probabilities can be trusted, for single runs and for their ensemble. Empty if no class
/// probabilities are kept.
std::string calibration_section(const ReportAnalysis& analysis);

std::string provenance_section(const ReportAnalysis& analysis);

}  // namespace gpu_sweep
