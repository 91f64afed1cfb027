#include "apps/gpu_sweep/training/train_study.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/gpu_sweep/output.h"
#include "engine/report/export/summary_json.h"
#include "engine/report/html/html_report.h"
#include "engine/statistics/wording.h"
#include "engine/store/files/raw_file.h"
#include "engine/store/runs/store_file.h"
#include "engine/study/until_decided.h"
#include "engine/sweep/cost.h"

namespace gpu_sweep {
namespace {

/// Returns a text such as "20 of 500 runs" or "0 of 1 run".
std::string share(std::size_t part, std::size_t all) {
  return std::to_string(part) + " of " + std::to_string(all) + (all == 1 ? " run" : " runs");
}

/// Returns a message if an earlier command wrote a report or a summary, and summary.json does not have as
/// many runs as `store`. Otherwise returns an empty text.
std::string outdated_results(const RunStore& store) {
  const std::filesystem::path directory = store.directory();
  std::vector<std::string> names;
  for (const char* name : {kReportFile, kSummaryFile}) {
    if (is_there(directory / name)) names.emplace_back(name);
  }
  if (names.empty()) return "";
  const auto summary =
      nlohmann::json::parse(read_if_there(directory / kSummaryFile).value_or(""), nullptr, false);
  std::size_t shown = 0;
  if (summary.is_object() && summary.contains("models")) {
    for (const auto& model : summary["models"]) {
      if (model.is_object() && model.contains("per_run")) shown += model["per_run"].size();
    }
  }
  const std::size_t all = store.runs().size();
  if (shown == all) return "";
  return directory.string() + ": " +
         (names.size() == 2 ? names[0] + " and " + names[1] + " are" : names[0] + " is") + " still of " +
         (shown == 0 ? "fewer runs" : share(shown, all)) + "; the command writes them again when it is done";
}

}  // namespace

void train_missing(OpenedStore& opened, const PlannedStudy& study, const StopSignals& signals,
                   const KeepFlags& flags, const std::string& out, const TrainGroups& elsewhere,
                   const std::string& round) {
  const Setup& setup = study.setup;
  const NamesOfRuns& names = study.names;
  RunStore& store = opened.store;
  const std::vector<GroupSpec>& groups = opened.left;
  const bool saves = !flags.weights.empty() && !elsewhere;
  const std::size_t all_runs = names.size();
  const std::size_t left = count_runs(groups);
  std::size_t begun = 0;
  for (const GroupSpec& group : groups) begun += group.epochs_done > 0 ? group.runs.size() : 0;
  const auto kept = [&] { return count_kept(store, names); };
  const std::size_t there = kept();
  // Runs that are trained again for their class probabilities. In rounds of --until-decided they are not
  // reported.
  const std::size_t again = round.empty() ? left - (all_runs - there) : 0;
  const auto kept_text = [&] {
    const std::size_t here = kept();
    const bool one = round.empty() ? all_runs == 1 : here == 1;
    return (round.empty() ? share(here, all_runs) : counted(here, "run")) + (one ? " is" : " are") +
           " kept in ";
  };
  if (!setup.quiet) {
    say(out + ": " + (round.empty() ? share(there, all_runs) + " are there" : round) + ", training " +
        std::to_string(left) +
        (again == 0      ? ""
         : again == left ? " of them again"
                         : ", " + std::to_string(again) + " of them again,") +
        " on " + setup.device().name + " (" + to_string(setup.precision) + ")" +
        (begun == 0 ? "" : ", " + std::to_string(begun) + " of them from snapshots"));
  }
  const std::filesystem::path weights = saves ? flags.weights : "";
  const auto keep = keep_in(store, setup.dataset, names, weights);
  const DiskPatience patience(flags.disk_patience, signals.token(), warn_over_bar);
  const RunSink sink{[&](const Trained& group) { patience.write([&] { keep(group); }); }, saves,
                     snapshot_events(flags.snapshots, opened, patience)};
  const TrainingOutcome outcome = unless_stopped(signals, [&] {
    try {
      return train_runs(groups, setup, signals, sink, {}, elsewhere);
    } catch (const Error&) {
      if (store.is_in_place()) {
        say(kept_text() + store.directory().string());
      }
      throw;
    }
  });
  keep_wall_seconds(store, outcome.seconds, patience, warn);
  if (!outcome.stopped) return;
  say("stopped by " + to_string(*outcome.stopped) + ": " + kept_text() + out + "; the same command " +
      (flags.fresh ? "with --out " + out + " instead of --fresh " : "") + "continues");
  try {
    if (const std::string line = outdated_results(store); !line.empty()) say(line);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kOutput) throw;
    warn(error.what());  // not thrown, because the exit code must say that the sweep was stopped
  }
  throw *outcome.stopped;
}

bool train_until_decided(OpenedStore& opened, const PlannedStudy& study, const StopSignals& signals,
                         const KeepFlags& flags, const std::string& out) {
  bool trains = false;
  train_rounds(opened, study.experiment, study.runs, study.setup.dataset, study.options,
               [&](const std::string& round) {
                 trains = true;
                 train_missing(opened, study, signals, flags, out, {}, round);
                 return true;
               });
  return trains;
}

}  // namespace gpu_sweep
