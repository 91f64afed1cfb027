// The rows that judge models are not those that chose how they were trained.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/statistics/metric.h"
#include "engine/statistics/model_runs.h"
#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

/// Returns whether the validation rows took part in training: they chose when runs of the model end, which
/// epoch's weights they keep, or how their learning rate falls. The best of many epochs on the validation
/// rows is optimistic there, and more so the more a model's curves fluctuate: such accuracies tell equal
/// models apart.
bool validation_chose(const ModelSpec& model);

/// Returns the metric that decides which models differ: validation accuracy, or, if validation_chose any of
/// them, test accuracy of all of them. So it is after a race, in which validation rows chose who remains.
Metric judged_metric(const Experiment& experiment);
Metric judged_metric(std::span<const ModelRuns> models);

/// "The validation rows chose the epochs of “a”, so the test rows, which took no part in that, judge." Empty
/// if validation rows judge.
std::string judging_rows_sentence(std::span<const ModelRuns> models, const AnalysisSettings& settings);

}  // namespace gpu_sweep
