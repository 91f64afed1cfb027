#include "engine/report/calibrations.h"

#include <algorithm>
#include <optional>

#include "engine/experiment/hyper_parameters.h"
#include "engine/statistics/model_runs.h"
#include "engine/statistics/wording.h"
#include "engine/store/runs/probabilities.h"

namespace gpu_sweep {

Calibrations calibrate(const std::filesystem::path& directory, const StoredExperiment& stored,
                       std::span<const RunRecord> runs,
                       const std::function<void(const std::string& line)>& warn,
                       const std::function<void(const std::string& line)>& unread) {
  Calibrations found;
  for (const ModelRuns& model : runs_by_model(stored.experiment, runs)) {
    std::optional<ModelCalibrator> calibrator;
    std::size_t absent = 0;
    for (const RunRecord* run : model.runs) {
      auto [kept, damage, reason] = find_probabilities(directory, run->key, run->test_predictions.size());
      if (!damage.empty()) warn("left out of the calibration: " + damage);
      if (!reason.empty()) unread("left out of the calibration: " + reason);
      if (!kept && damage.empty() && reason.empty()) ++absent;
      if (!kept) continue;
      std::vector<float> probabilities(kept->values.size());
      std::transform(kept->values.begin(), kept->values.end(), probabilities.begin(),
                     [](Fp16 value) { return to_float(value); });
      if (!calibrator) calibrator.emplace(std::move(kept->labels));
      calibrator->add(run->seed, probabilities);
    }
    if (calibrator && absent > 0) {
      warn(shown_text(model.model.name) + ": " + std::to_string(absent) + " of " +
           counted(model.runs.size(), "run") + " keep no class probabilities and are left out of the " +
           "calibration; gpu_sweep run --keep-predictions computes them");
    }
    if (calibrator) found.emplace(model.model.name, calibrator->result());
  }
  return found;
}

}  // namespace gpu_sweep
