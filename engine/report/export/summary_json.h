// The results of an experiment as one JSON object: summary.json, which --json also prints.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/report/analysis.h"
#include "engine/store/files/own_file.h"

namespace gpu_sweep {

/// Returns {"name", "models": [{"name", "hidden", ..., "train_loss": {"mean", "std"}, ..., "confusion",
/// "per_run"}], "device", "precision", ..., "timing"}. Models are in the experiment's order, runs in the
/// order of the records; non-finite numbers are null.
/// "verdict", "pairs", "spread_pairs" and "failure_pairs" hold the claims of the report and the numbers
/// behind each claim. In "pairs" and "spread_pairs", numbers are rounded to seven significant digits. An
/// interval is null if there are too few runs for it. "verdict" has "until_decided" with the looks if
/// `--until-decided` chose the seeds; "race", with the models that left and what the race guarantees, after a
/// race; "extended" if runs were added after a look; and "split" if every seed has its own validation rows.
/// A model whose runs keep class probabilities also has "calibration": {"runs", "single", "ensemble"}, the
/// last two with "accuracy", "expected_calibration_error", "brier" and "bins" [10] of [images, mean
/// confidence, accuracy].
/// Equal runs on equal devices give equal bytes except for "timing".
nlohmann::ordered_json summary_json(const ReportAnalysis& analysis);
nlohmann::ordered_json summary_json(const StoredExperiment& stored, const std::vector<RunRecord>& runs,
                                    const Calibrations& calibrations = {});

/// Returns the text of summary.json: indented by two spaces, except that a list of plain values takes one
/// line, and so does each pair, each look and each model that left a race. Ends with a newline.
std::string summary_text(const nlohmann::ordered_json& summary);

inline constexpr const char* kSummaryFile = "summary.json";

inline constexpr FileKind kSummaryKind = {"summary of gpu_sweep", "{", "\n  \"name\": ", 16,
                                          "another folder"};

/// Writes directory/summary.json atomically. Throws Error(kOutput) if it cannot be written, and Error(kUsage)
/// if a file of another kind has this name.
void write_summary(const std::filesystem::path& directory, const ReportAnalysis& analysis);

}  // namespace gpu_sweep
