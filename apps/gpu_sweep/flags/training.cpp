#include "apps/gpu_sweep/flags/training.h"

#include <CLI/CLI.hpp>

#include "apps/gpu_sweep/flags/duration.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/stop_signals.h"

namespace gpu_sweep {

SnapshotInterval parse_snapshot_interval(const std::string& flag, const std::string& text) {
  if (text == "never") return {};
  if (text.find_first_not_of("0123456789") == std::string::npos && !text.empty()) {
    constexpr std::int64_t kMost = 1'000'000;
    return {static_cast<int>(parse_integer_flag(flag, text, {1, kMost})), 0};
  }
  const auto time = parse_duration(text);
  if (!time || time->count() == 0)
    fail_flag(flag, text, std::string("epochs such as 20, ") + kDurationExamples + ", or never");
  return {0, static_cast<double>(time->count())};
}

void add_snapshot_flag(CLI::App& app, SnapshotInterval& interval) {
  const std::string flag = "--snapshot-every";
  const auto set = [flag, &interval](const std::string& text) {
    interval = parse_snapshot_interval(flag, text);
  };
  app.add_option_function<std::string>(
         flag, set,
         "save unfinished runs after this many epochs (20) or this time (45s, 5min, 2h30m), or never\n"
         "(default 5min)")
      ->type_name("INTERVAL");
}

void add_override_flags(CLI::App& app, ExperimentOverrides& target) {
  add_integer_flag(app, "--runs", target.runs, kRunsRange, "runs per model, overriding the file");
  add_integer_flag(app, "--epochs", target.epochs, kEpochsRange,
                   "epochs of every model, overriding the file");
  add_integer_flag(app, "--seed", target.seed, kSeedRange, "seed of the first run, overriding the file");
  add_analysis_flags(app, target);
}

void add_analysis_flags(CLI::App& app, ExperimentOverrides& target) {
  add_number_flag(app, "--smallest-difference", target.smallest_difference, NumberRange::kPoints,
                  "smallest difference of accuracies that matters, in percentage points: models that are\n"
                  "shown to differ by less are called the same");
  add_number_flag(app, "--max-diverged", target.max_diverged, NumberRange::kFraction,
                  "a model of which a greater share of the runs diverged is never chosen (default 0.1)");
}

StoredExperiment judged_by(StoredExperiment stored, const ExperimentOverrides& overrides) {
  AnalysisSettings settings = stored.experiment.analysis;
  if (overrides.max_diverged) settings.max_diverged = *overrides.max_diverged;
  if (overrides.smallest_difference) settings.smallest_difference = overrides.smallest_difference;
  stored.experiment.analysis = stated_for_finished_runs(settings, stored.experiment.analysis);
  return stored;
}

std::chrono::seconds parse_stop_after(const std::string& flag, const std::string& text) {
  const auto time = parse_duration(text);
  if (!time || time->count() == 0) fail_flag(flag, text, kDurationExamples);
  return *time;
}

void add_stop_after_flag(CLI::App& app, std::optional<std::chrono::seconds>& target) {
  const std::string flag = "--stop-after";
  const auto set = [flag, &target](const std::string& text) { target = parse_stop_after(flag, text); };
  app.add_option_function<std::string>(flag, set,
                                       "stop this long after the start (2h30m, 90min, 45s), as on a signal,\n"
                                       "and exit with " +
                                           std::to_string(kStoppedByClock) +
                                           " if runs are left; the same command then continues")
      ->type_name("TIME");
}

std::chrono::seconds parse_disk_patience(const std::string& flag, const std::string& text) {
  const auto time = text == "0" ? std::chrono::seconds{0} : parse_duration(text);
  if (!time) fail_flag(flag, text, std::string(kDurationExamples) + ", or 0");
  return *time;
}

void add_disk_patience_flag(CLI::App& app, std::chrono::seconds& patience) {
  const std::string flag = "--disk-patience";
  const auto set = [flag, &patience](const std::string& text) { patience = parse_disk_patience(flag, text); };
  app.add_option_function<std::string>(
         flag, set,
         "how long to wait for space on a full disk before giving up (45s, 90min, 2h30m; default 0)")
      ->type_name("TIME");
}

}  // namespace gpu_sweep
