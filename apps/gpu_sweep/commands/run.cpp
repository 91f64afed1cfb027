// gpu_sweep run: trains the runs of an experiment that are not finished yet, and prints its tables.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/flags/training.h"
#include "apps/gpu_sweep/fresh_directory.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/print_results.h"
#include "apps/gpu_sweep/stop_signals.h"
#include "apps/gpu_sweep/training/cluster.h"
#include "apps/gpu_sweep/training/setup.h"
#include "apps/gpu_sweep/training/shard.h"
#include "apps/gpu_sweep/training/train_runs.h"
#include "apps/gpu_sweep/unread_files.h"
#include "engine/report/export/summary_json.h"
#include "engine/report/html/html_report.h"
#include "engine/statistics/verdict.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/files/raw_file.h"
#include "engine/store/runs/store_file.h"
#include "engine/study/check_devices.h"
#include "engine/study/fit_groups.h"
#include "engine/study/keep_runs.h"
#include "engine/study/open_store.h"
#include "engine/study/weights_folder.h"
#include "engine/study/write_results.h"
#include "engine/sweep/cost.h"

namespace gpu_sweep {
namespace {

struct RunFlags {
  SetupFlags setup;
  ExperimentOverrides overrides;
  std::string file;
  std::string out;
  std::string weights;
  bool keep_predictions = false;
  SnapshotInterval snapshots = kDefaultSnapshotInterval;
  std::optional<std::chrono::seconds> stop_after;
  std::chrono::seconds disk_patience{0};
  bool fresh = false;
  bool json = false;
};

/// Returns "20 of 500 runs" or "0 of 1 run", for example.
std::string share(std::size_t part, std::size_t all) {
  return std::to_string(part) + " of " + std::to_string(all) + (all == 1 ? " run" : " runs");
}

/// Returns a message if a report or summary that an earlier command wrote shows fewer runs than `store`
/// holds; otherwise an empty text.
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

/// Trains the unfinished groups of `opened` on this process's lanes. If `elsewhere` is given, it trains them
/// instead and saves their weights. `names` has the names of all runs, finished or not. Throws Interrupted
/// after a stop.
void train_missing(OpenedStore& opened, const NamesOfRuns& names, const Setup& setup,
                   const StopSignals& signals, const RunFlags& flags, const std::string& out,
                   const TrainGroups& elsewhere) {
  RunStore& store = opened.store;
  const std::vector<GroupSpec>& groups = opened.left;
  const bool saves = !flags.weights.empty() && !elsewhere;
  const std::size_t all_runs = names.size();
  const std::size_t left = count_runs(groups);
  std::size_t begun = 0;
  for (const GroupSpec& group : groups) begun += group.epochs_done > 0 ? group.runs.size() : 0;
  const auto kept = [&] { return count_kept(store, names); };
  const std::size_t there = kept();
  const std::size_t again = left - (all_runs - there);  // trained again for class probabilities
  if (!setup.quiet) {
    say(out + ": " + share(there, all_runs) + " are there, training " + std::to_string(left) +
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
        say(share(kept(), all_runs) + " are kept in " + store.directory().string());
      }
      throw;
    }
  });
  keep_wall_seconds(store, outcome.seconds, patience, warn);
  if (!outcome.stopped) return;
  say("stopped by " + to_string(*outcome.stopped) + ": " + share(kept(), all_runs) + " are kept in " + out +
      "; the same command " + (flags.fresh ? "with --out " + out + " instead of --fresh " : "") +
      "continues");
  try {
    if (const std::string line = outdated_results(store); !line.empty()) say(line);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kOutput) throw;
    warn(error.what());  // the exit code says that the sweep was stopped
  }
  throw *outcome.stopped;
}

/// The experiment and those of its runs that this process is responsible for.
struct Study {
  Experiment experiment;
  Setup setup;
  PlanOptions options;
  std::vector<RunSpec> runs;
  NamesOfRuns names;
};

Study make_study(const RunFlags& flags) {
  if (flags.file.empty()) {
    throw Error(ExitCode::kUsage, "no experiment, expected gpu_sweep run EXPERIMENT.toml");
  }
  Study study;
  study.experiment = load_experiment(flags.file, flags.overrides);
  study.setup = make_setup(flags.setup, study.experiment.classes, study.experiment.data);
  add_warnings(study.experiment, study.setup);
  study.setup.keep_probabilities = flags.keep_predictions;
  study.runs = runs_to_train(expand(study.experiment, study.setup.dataset, plan_options(study.setup)),
                             study.setup, shard_options(study.setup, study.experiment.runs));
  study.options = fit_groups(study.setup, study.runs);
  study.names = names_of(study.runs);
  if (!flags.weights.empty()) make_directory(flags.weights);
  return study;
}

/// Trains the missing runs on the other ranks of `cluster`, or in this process if `cluster` is null.
void run_study(const RunFlags& flags, std::optional<StopSignals>& signals, const Communicator* cluster) {
  const Study study = make_study(flags);
  const Setup& setup = study.setup;
  std::string out = flags.out.empty() ? default_directory(study.experiment, flags.setup.shard) : flags.out;
  if (flags.fresh) out = fresh_directory(out);
  if (const auto stopped = signals->stopped()) throw *stopped;
  if (!flags.weights.empty()) refuse_weights_of_studies(study.runs, out, flags.weights);

  OpenedStore opened = unless_stopped(*signals, [&] {
    return open_store(out, study.experiment, study.runs, setup, study.options, signals->token(),
                      warn_over_bar);
  });
  RunStore& store = opened.store;
  say_notices(setup);
  const std::string can_tell = what_runs_can_tell(study.experiment.models.size(), study.experiment.runs);
  if (!setup.quiet && !can_tell.empty()) say(can_tell);
  if (!flags.weights.empty()) {
    prepare_weights_folder(study.runs, opened.left, store, flags.weights, warn);
  }
  TrainGroups elsewhere;
  if (cluster != nullptr) elsewhere = leader_of(*cluster, study.experiment, setup, *signals);
  const bool trains = !opened.left.empty();
  if (trains) {
    train_missing(opened, study.names, setup, *signals, flags, out, elsewhere);
  } else {
    if (!setup.quiet) {
      say(out + ": all " + std::to_string(study.names.size()) + " runs are there, nothing to train");
    }
    if (elsewhere) elsewhere(opened.left, {});  // dismisses the other ranks
  }
  if (cluster != nullptr) cluster->finish();
  if (store.directory() != out) {
    say(out + " was moved to " + store.directory().string());
    out = store.directory().string();
  }
  signals.reset();  // no run is being trained from here on: a signal ends the program

  const std::vector<RunRecord> records = trains ? store.read_back() : store.runs();
  UnreadFiles unread;
  print_results(write_results(out, store.stored(), records, &setup.dataset, warn, unread.adder()),
                flags.json);
  if (!setup.quiet) say(out + ": report.html, summary.json, runs.sqlite");
  unread.check();
}

/// Runs a rank that does not lead: trains groups for rank 0 until it is dismissed.
void train_for_cluster(const RunFlags& flags, const StopSignals& signals, const Communicator& cluster) {
  Study study = make_study(flags);
  take_local_share(cluster, flags.setup, study.setup);
  check_devices(study.setup, plan_groups(study.runs, study.setup.dataset, study.options), signals.token());
  std::function<void(const RunRecord&, const Weights&)> on_run;
  if (!flags.weights.empty()) {
    on_run = [&](const RunRecord& run, const Weights& weights) {
      save_weights_of(run, weights, study.setup.dataset, study.names, flags.weights);
    };
  }
  train_for_leader(cluster, study.experiment, study.runs, study.setup, study.options, on_run, flags.snapshots,
                   signals);
}

void run(const RunFlags& flags) {
  const std::optional<Launch> launch = find_cluster(flags.setup);
  if (launch && leads(launch) && flags.keep_predictions) {
    throw Error(ExitCode::kUsage, "--keep-predictions: found " + std::to_string(launch->size) +
                                      " processes, expected one; use --shard and gpu_sweep merge instead");
  }
  // Must precede device libraries and MPI, which start threads.
  const bool is_leader = leads(launch);
  std::optional<StopSignals> signals(
      std::in_place, is_leader ? std::function<void(const Interrupted&)>(say_stopping) : nullptr,
      is_leader ? flags.stop_after : std::nullopt);
  if (!launch) return run_study(flags, signals, nullptr);
  run_in_cluster(
      *launch, *signals, [&](const Communicator& cluster) { run_study(flags, signals, &cluster); },
      [&](const Communicator& cluster) { train_for_cluster(flags, *signals, cluster); });
}

}  // namespace

Command add_run_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand(
      "run", "Train the runs of an experiment that are not finished yet, and print its tables");
  const auto flags = std::make_shared<RunFlags>();
  app->add_option("experiment", flags->file, "TOML file: models, hyper-parameters, number of runs of each")
      ->type_name("EXPERIMENT.toml");
  add_path_flag(*app, "-o,--out", flags->out, "DIR",
                "folder of the results (default results/NAME, with the experiment's name)");
  add_override_flags(*app, flags->overrides);
  add_path_flag(*app, "--save-weights", flags->weights, "DIR",
                "save every run's weights as .npz in this folder; never overwrites weights of another study");
  app->add_flag(
      "--keep-predictions", flags->keep_predictions,
      "keep every run's class probabilities of the test set in DIR/probabilities, two bytes per class\n"
      "and image, for calibration and ensembles in the report and predictions.npz of gpu_sweep export");
  add_snapshot_flag(*app, flags->snapshots);
  add_stop_after_flag(*app, flags->stop_after);
  add_disk_patience_flag(*app, flags->disk_patience);
  app->add_flag("--fresh", flags->fresh,
                "start over in a new folder (DIR.2, DIR.3, ...) if DIR holds results; deletes nothing");
  app->add_flag("--json", flags->json, "print summary.json instead of the tables");
  add_device_flags(*app, flags->setup);
  add_shard_flag(*app, flags->setup.shard);
  add_grouping_flags(*app, flags->setup);
  add_lane_flags(*app, flags->setup);
  app->footer(
      "Runs are stored in DIR/runs.sqlite as they finish. The same command continues where it was stopped.\n"
      "With a higher --runs or more models it trains only what is missing. Any other change is refused.\n"
      "If results of this machine would differ in the last bits, a finished experiment is only shown.\n"
      "A [[model]], [grid] or flag overrides what [defaults] sets; gpu_sweep plan prints the settings of\n"
      "every model.\n"
      "Under mpirun or srun, rank 0 hands out and stores the runs, and the other ranks train them.\n\n"
      "Example: gpu_sweep run experiments/quick.toml --runs 10");
  return {app, [flags] { run(*flags); }};
}

}  // namespace gpu_sweep
