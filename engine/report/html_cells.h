// Pieces of tables and notes that several sections of the page have.
#pragma once

#include <string>

#include "engine/report/html_analysis.h"
#include "engine/statistics/descriptive.h"
#include "engine/statistics/figure.h"

namespace gpu_sweep {

/// <th> with the model's name.
std::string row_header(const ModelRuns& model);

/// <td> with mean and, of more than one run, standard deviation: accuracies in %.
std::string mean_cell(const Figure& figure, const Description& found, bool best);

/// Says that charts leave models out. Nothing where they show all.
std::string drawn_note(const ReportAnalysis& analysis, std::size_t drawn);

}  // namespace gpu_sweep
