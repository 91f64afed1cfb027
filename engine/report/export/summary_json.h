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
/// behind each claim. Numbers of pairs have seven significant digits. An interval is null if there are too
/// few runs for it. If `--until-decided` chose the seeds, "verdict" has "until_decided" with the looks, and
/// each p comes from anytime_p. After a race it has "race" with the models that left and what the race
/// guarantees.
/// A model whose runs keep class probabilities also has "calibration": {"runs", "single", "ensemble"}, the
/// last two with "accuracy", "expected_calibration_error", "brier" and "bins" [10] of [images, mean
/// confidence, accuracy].
/// Equal runs on equal devices give equal bytes except for "timing": "device" names the machine that began
/// the experiment, and everything else is independent of when and where the runs were trained.
nlohmann::ordered_json summary_json(const ReportAnalysis& analysis);
nlohmann::ordered_json summary_json(const StoredExperiment& stored, const std::vector<RunRecord>& runs,
                                    const Calibrations& calibrations = {});

/// Returns the text of summary.json: indented by two spaces, except that a list of numbers and the object of
/// one pair each take one line. Ends with a newline.
std::string summary_text(const nlohmann::ordered_json& summary);

/// Name of the file in a results folder.
inline constexpr const char* kSummaryFile = "summary.json";

inline constexpr FileKind kSummaryKind = {"summary of gpu_sweep", "{", "\n  \"name\": ", 16,
                                          "another folder"};

/// Writes directory/summary.json atomically. Throws Error(kOutput), and Error(kUsage) if a
/// file of another kind is there.
void write_summary(const std::filesystem::path& directory, const ReportAnalysis& analysis);

}  // namespace gpu_sweep
