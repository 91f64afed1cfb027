// Parts of tables and notes that several sections of the page use.
#pragma once

#include <string>

#include "engine/report/analysis.h"
#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/metric.h"

namespace gpu_sweep {

/// The name of the model and, in a muted color, how many of its runs are missing from the metrics.
std::string html_model(const ModelRuns& model);

/// Returns html_model as a <th>. If `mark` is not empty, it stands below the name.
std::string row_header(const ModelRuns& model, const std::string& mark = "");

/// A <td> with the number of finished runs and, below it, the share that diverged and its upper bound.
std::string runs_cell(const ModelRuns& model, Looks looks);

/// The complete row of a model without metrics. The table has `columns` columns, including the name.
std::string row_without_metrics(const ModelRuns& model, int columns);

/// Names the models that have no metrics. Empty if all models have metrics.
std::string without_metrics_note(const ReportAnalysis& analysis);

/// Returns whether the runs have validation rows; true if there are no finite runs. Without validation rows,
/// their metrics are not shown.
bool has_validation(const ReportAnalysis& analysis);

/// A <td> with the mean and, for more than one run, the standard deviation. Accuracies are in %. If the split
/// has no rows, the cell contains a dash.
std::string mean_cell(const Metric& metric, const Description& found, bool best);

/// Says that the charts leave out models, given the number of models drawn. Empty if all models are drawn.
std::string drawn_note(const ReportAnalysis& analysis, std::size_t drawn);

}  // namespace gpu_sweep
