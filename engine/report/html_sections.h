// The parts of the report's page, each a piece of HTML. All text in them is escaped.
#pragma once

#include <string>

#include "engine/report/html_analysis.h"

namespace gpu_sweep {

/// The study's tables, distributions of the final figures, and all of the description of each figure.
std::string figures_section(const ReportAnalysis& analysis);

/// Pairwise differences: interval plots and tables. Empty with fewer than two models.
std::string differences_section(const ReportAnalysis& analysis);

/// The study's ranks and the choice by rule. Empty with fewer than two models.
std::string choice_section(const ReportAnalysis& analysis);

/// Learning curves with bands, and where on them runs were best.
std::string curves_section(const ReportAnalysis& analysis);

/// Confusion matrices, recall, ensembles, churn and the images most often mistaken.
std::string mistakes_section(const ReportAnalysis& analysis);

/// How far class probabilities can be trusted, of single runs and of all together. Empty where none are kept.
std::string calibration_section(const ReportAnalysis& analysis);

/// Where the numbers come from.
std::string provenance_section(const ReportAnalysis& analysis);

}  // namespace gpu_sweep
