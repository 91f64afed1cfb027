// Notes for the user about runs that stopped early.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// Returns how many epochs the finished runs of a model trained, which epoch's weights they kept, and which
/// metric decided this. Returns "" without early stopping or without runs. The model's name is not escaped
/// for HTML.
std::string stopping_note(const ModelSpec& model, const std::vector<const RunRecord*>& runs);

/// Returns the point at which the final metrics were computed: "after the last epoch", or other words if a
/// model restores the weights of its best epoch.
std::string time_of_final_metrics(const Experiment& experiment);

/// Returns the notes of all models that have one.
std::vector<std::string> stopping_notes(const Experiment& experiment, std::span<const RunRecord> runs);

}  // namespace gpu_sweep
