// An experiment's results as one JSON object: summary.json, and what --json prints.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/report/calibrations.h"
#include "engine/store/run_store.h"

namespace gpu_sweep {

/// {"name", "models": [{"name", "hidden", ..., "train_loss": {"mean", "std"}, ..., "confusion", "per_run"}],
///  "device", "precision", ..., "timing"}.
/// A model whose runs keep class probabilities also has "calibration": {"runs", "single", "ensemble"}, the
/// last two with "accuracy", "expected_calibration_error", "brier" and "bins" [10] of [images, mean
/// confidence, accuracy]. Models and runs stand in the order of `runs`; what is not finite is null. Equal
/// runs on equal devices give equal bytes but for "timing": "device" names the machine that began the
/// experiment, and everything else depends on neither when nor where the runs were made.
nlohmann::ordered_json summary_json(const StoredExperiment& stored, const std::vector<RunRecord>& runs,
                                    const Calibrations& calibrations = {});

/// The text of summary.json: two spaces of indent, but figures of one list on one line; ends with a newline.
std::string summary_text(const nlohmann::ordered_json& summary);

/// Its name in a result directory.
inline constexpr const char* kSummaryFile = "summary.json";

/// Writes directory/summary.json atomically. Throws Error(kOutput).
void write_summary(const std::filesystem::path& directory, const StoredExperiment& stored,
                   const std::vector<RunRecord>& runs, const Calibrations& calibrations = {});

}  // namespace gpu_sweep
