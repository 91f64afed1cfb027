// Determines the rows by which models are judged. They must not be the rows that chose how the models were
// trained.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/statistics/metric.h"
#include "engine/statistics/model_runs.h"
#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

/// Returns whether the validation rows took part in training, that is, whether they chose when runs of the
/// model end, which epoch's weights the runs keep, or how their learning rate falls. If an epoch is chosen by
/// its validation accuracy, this accuracy is too optimistic, and the more so the more a model's curves
/// fluctuate. A test of such accuracies could therefore tell models apart that are equally good.
bool validation_chose(const ModelSpec& model);

/// Returns the metric that decides which models differ. If the study holds out rows to judge by
/// (DataSettings::judge), it is the accuracy on these. Otherwise it is the validation accuracy, or the test
/// accuracy for all models if validation_chose is true for any of them. It is also the test accuracy after a
/// race, in which validation rows chose the models that remain; only the overloads that take an experiment
/// know of a race.
Metric judged_metric(const StoredExperiment& stored);
/// Returns the metric that will decide, before the data is read: by the settings that the experiment states.
Metric judged_metric(const Experiment& experiment);
/// Returns the metric that decides between runs that were not trained as a race. Judging rows count if every
/// model with runs has them.
Metric judged_metric(std::span<const ModelRuns> models);

/// "The validation rows chose the epochs of “a”, so the test rows, which took no part in that, judge." Empty
/// if validation rows judge.
std::string judging_rows_sentence(std::span<const ModelRuns> models, const AnalysisSettings& settings);

}  // namespace gpu_sweep
