// gpu_sweep run: trains the runs of an experiment that are not finished yet, and prints its tables.
#include <CLI/CLI.hpp>
#include <memory>
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
#include "apps/gpu_sweep/training/train_study.h"
#include "apps/gpu_sweep/training/until_decided.h"
#include "apps/gpu_sweep/unread_files.h"
#include "engine/statistics/verdict.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/runs/store_file.h"
#include "engine/study/check_devices.h"
#include "engine/study/fit_groups.h"
#include "engine/study/keep_runs.h"
#include "engine/study/open_store.h"
#include "engine/study/until_decided.h"
#include "engine/study/weights_folder.h"
#include "engine/study/write_results.h"

namespace gpu_sweep {
namespace {

struct RunFlags : KeepFlags {
  SetupFlags setup;
  ExperimentOverrides overrides;
  UntilDecidedFlags until_decided;
  std::string file;
  std::string out;
  bool keep_predictions = false;
  std::optional<std::chrono::seconds> stop_after;
  bool json = false;
};

PlannedStudy make_study(const RunFlags& flags) {
  if (flags.file.empty()) {
    throw Error(ExitCode::kUsage, "no experiment, expected gpu_sweep run EXPERIMENT.toml");
  }
  PlannedStudy study;
  study.experiment = load_experiment(flags.file, flags.overrides, flags.until_decided);
  study.setup = make_setup(flags.setup, study.experiment.classes, study.experiment.data);
  add_warnings(study.experiment, study.setup);
  study.setup.keep_probabilities = flags.keep_predictions;
  study.runs = runs_to_train(expand(study.experiment, study.setup.dataset, plan_options(study.setup)),
                             study.setup, shard_options(study.setup, study.experiment.runs));
  study.options = fit_groups(study.setup, runs_to_group(study.runs, study.experiment));
  study.names = names_of(study.runs);
  if (!flags.weights.empty()) make_directory(flags.weights);
  return study;
}

/// Trains the missing runs on the other ranks of `cluster`, or in this process if `cluster` is null. Then
/// writes and prints the results.
void run_study(const RunFlags& flags, std::optional<StopSignals>& signals, const Communicator* cluster) {
  const PlannedStudy study = make_study(flags);
  const Setup& setup = study.setup;
  std::string out = flags.out.empty() ? default_directory(study.experiment, flags.setup.shard) : flags.out;
  if (flags.fresh) out = fresh_directory(out);
  refuse_foreign_results(out);
  if (const auto stopped = signals->stopped()) throw *stopped;
  if (!flags.weights.empty()) refuse_weights_of_studies(study.runs, out, flags.weights);

  OpenedStore opened = unless_stopped(*signals, [&] {
    return open_store(out, study.experiment, study.runs, setup, study.options, signals->token(),
                      warn_over_bar);
  });
  RunStore& store = opened.store;
  say_notices(setup);
  const bool until_decided = flags.until_decided.buys();
  const std::string can_tell = what_to_expect(study.experiment);
  if (!setup.quiet && !can_tell.empty()) say(can_tell);
  if (!flags.weights.empty()) {
    prepare_weights_folder(study.runs, opened.left, store, flags.weights, warn);
  }
  TrainGroups elsewhere;
  if (cluster != nullptr) elsewhere = leader_of(*cluster, study.experiment, setup, *signals);
  const bool trains =
      until_decided ? train_until_decided(opened, study, *signals, flags, out) : !opened.left.empty();
  if (until_decided) {
    if (!setup.quiet && !trains) say(out + ": no more seeds are wanted, nothing to train");
  } else if (trains) {
    train_missing(opened, study, *signals, flags, out, elsewhere);
  } else {
    if (!setup.quiet) {
      say(out + ": all " + std::to_string(study.names.size()) + " runs are there, nothing to train");
    }
    if (elsewhere) elsewhere(opened.left, {});  // nothing is left, so this only dismisses the other ranks
  }
  if (cluster != nullptr) cluster->finish();
  if (store.directory() != out) {
    say(out + " was moved to " + store.directory().string());
    out = store.directory().string();
  }
  signals.reset();  // from here on, no run is being trained, so a signal may end the program

  const std::vector<RunRecord> records = trains ? store.read_back() : store.runs();
  UnreadFiles unread;
  const ReportAnalysis analysis =
      write_results(out, store.stored(), records, &setup.dataset, warn, unread.adder());
  require_in_place(store);
  print_results(analysis, flags.json);
  if (!setup.quiet) say(out + ": report.html, summary.json, runs.sqlite");
  unread.check();
}

/// Runs a rank that is not the leader: it trains groups for rank 0 until it is dismissed.
void train_for_cluster(const RunFlags& flags, const StopSignals& signals, const Communicator& cluster) {
  PlannedStudy study = make_study(flags);
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
  if (flags.until_decided.buys() && flags.setup.shard) {
    throw Error(ExitCode::kUsage,
                flags.until_decided.name() +
                    std::string(" with --shard: found both, expected one: a shard does not see the runs that "
                                "decide"));
  }
  if (launch && leads(launch) && flags.until_decided.buys()) {
    throw Error(ExitCode::kUsage, flags.until_decided.name() + std::string(": found ") +
                                      std::to_string(launch->size) + " processes, expected one");
  }
  if (launch && leads(launch) && flags.keep_predictions) {
    throw Error(ExitCode::kUsage, "--keep-predictions: found " + std::to_string(launch->size) +
                                      " processes, expected one; use --shard and gpu_sweep merge instead");
  }
  // The signals must be set up before device libraries and MPI, because these start threads.
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
  add_until_decided_flags(*app, flags->until_decided);
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
      "With --until-decided it trains seeds only for models of which a pair is undecided, and repeating the\n"
      "command buys the same seeds. --race buys none for models that are clearly behind the leader.\n"
      "If results of this machine would differ in the last bits, a finished experiment is only shown.\n"
      "A [[model]], [grid] or flag overrides what [defaults] sets; gpu_sweep plan prints the settings of\n"
      "every model.\n"
      "Under mpirun or srun, rank 0 hands out and stores the runs, and the other ranks train them.\n\n"
      "Example: gpu_sweep run experiments/quick.toml --runs 10");
  return {app, [flags] { run(*flags); }};
}

}  // namespace gpu_sweep
