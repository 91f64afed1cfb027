// Pieces of tables and notes that several sections of the page have.
#pragma once

#include <string>

#include "engine/report/html_analysis.h"
#include "engine/statistics/descriptive.h"
#include "engine/statistics/figure.h"

namespace gpu_sweep {

/// The model's name and, muted, how many of its runs are missing from the figures.
std::string html_model(const ModelRuns& model);

/// <th> with the same.
std::string row_header(const ModelRuns& model);

/// The whole row of a model without figures, for a table of `columns` columns with the name's.
std::string row_without_figures(const ModelRuns& model, int columns);

/// Names the models that have no figures and so no part in what stands above. Nothing where all have some.
std::string without_figures_note(const ReportAnalysis& analysis);

/// <td> with mean and, of more than one run, standard deviation: accuracies in %.
std::string mean_cell(const Figure& figure, const Description& found, bool best);

/// Says that charts leave models out. Nothing where they show all.
std::string drawn_note(const ReportAnalysis& analysis, std::size_t drawn);

}  // namespace gpu_sweep
