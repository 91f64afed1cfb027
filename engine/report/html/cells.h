// Parts of tables and notes that several sections of the page use.
#pragma once

#include <string>

#include "engine/report/analysis.h"
#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/metric.h"

namespace gpu_sweep {

/// The model's name and, in a muted color, how many of its runs are missing from the metrics.
std::string html_model(const ModelRuns& model);

/// The same as a <th>, with `mark` below the name unless `mark` is empty.
std::string row_header(const ModelRuns& model, const std::string& mark = "");

/// A <td> with the number of finished runs and, below it, the share that diverged and its upper bound.
std::string runs_cell(const ModelRuns& model, Looks looks);

/// The complete row of a model without metrics, for a table of `columns` columns including the name.
std::string row_without_metrics(const ModelRuns& model, int columns);

/// Names the models that have no metrics and are therefore missing from the preceding content. Empty if all
/// have metrics.
std::string without_metrics_note(const ReportAnalysis& analysis);

/// Returns whether the runs have a validation split. Without one, its metrics are not shown.
bool has_validation(const ReportAnalysis& analysis);

/// A <td> with the mean and, for more than one run, the standard deviation; accuracies in %. A dash if the
/// split has no rows.
std::string mean_cell(const Metric& metric, const Description& found, bool best);

/// Says that charts leave out models. Empty if they show all.
std::string drawn_note(const ReportAnalysis& analysis, std::size_t drawn);

}  // namespace gpu_sweep
