// gpu_sweep train: trains one run described by flags. On the CPU, its results are those of the same run in an
// experiment, bit for bit.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/flags/model.h"
#include "apps/gpu_sweep/flags/training.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/print_results.h"
#include "apps/gpu_sweep/stop_signals.h"
#include "apps/gpu_sweep/training/setup.h"
#include "apps/gpu_sweep/training/train_runs.h"
#include "apps/gpu_sweep/weights_shape.h"
#include "engine/report/export/summary_json.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/formats/weights_kind.h"
#include "engine/study/fit_groups.h"
#include "engine/study/keep_runs.h"
#include "engine/study/open_store.h"
#include "gpu_sweep/weights_file.h"

namespace gpu_sweep {
namespace {

struct TrainFlags {
  explicit TrainFlags(CLI::App& app) : model(app) {}

  ModelFlags model;
  SetupFlags setup;
  std::optional<std::uint64_t> seed;
  std::optional<int> classes;
  DataSettings data;
  std::string init_weights;
  std::string save_weights;
  std::string out;
  SnapshotInterval snapshots = kDefaultSnapshotInterval;
  std::optional<std::chrono::seconds> stop_after;
  std::chrono::seconds disk_patience{0};
  bool json = false;
};

Experiment one_run(const TrainFlags& flags) {
  Experiment experiment;
  experiment.name = "train";
  experiment.runs = 1;
  experiment.seed = flags.seed.value_or(0);
  experiment.models = {flags.model.model()};
  return experiment;
}

std::vector<Weights> read_initial(const TrainFlags& flags, const Dataset& dataset, const ModelSpec& model) {
  if (flags.init_weights.empty()) return {};
  Weights weights = load_weights(flags.init_weights);
  const MlpSpec shape = mlp_spec(model, dataset.features(), dataset.classes, Precision::kFp32);
  check_shape(weights, shape, flags.init_weights);
  return {std::move(weights)};
}

struct Result {
  StoredExperiment stored;
  std::vector<RunRecord> records;
};

/// Throws an error that names the flag. Without this check, `expand` would throw one that names a model of an
/// experiment.
void check_batch(const ModelSpec& model, const Dataset& dataset) {
  const int rows = dataset[Split::kTrain].rows;
  if (model.batch_size <= rows) return;
  fail_flag("--batch-size", std::to_string(model.batch_size),
            "at most " + std::to_string(rows) + ", the rows of the training set");
}

Result train_groups(const std::vector<GroupSpec>& groups, const Experiment& experiment, const Setup& setup,
                    const StopSignals& signals, const std::vector<Weights>& initial, const TrainFlags& flags,
                    OpenedStore* opened) {
  Result result{{experiment, make_provenance(setup), 0}, {}};
  const auto keep = [&](const Trained& group) {
    // The run is stored first, so that it is kept even if the weights cannot be saved.
    if (opened != nullptr) opened->store.add(group.records);
    result.records = group.records;
    if (!flags.save_weights.empty()) {
      save_weights(flags.save_weights, group.weights.front(),
                   flags.init_weights.empty() ? group.records.front().key : "",
                   {setup.dataset.settings, setup.dataset.standardization});
    }
  };
  const DiskPatience patience(flags.disk_patience, signals.token(), warn_over_bar);
  RunSink sink{[&](const Trained& group) { patience.write([&] { keep(group); }); },
               !flags.save_weights.empty()};
  if (opened != nullptr) sink.snapshots = snapshot_events(flags.snapshots, *opened, patience);
  const TrainingOutcome outcome =
      unless_stopped(signals, [&] { return train_runs(groups, setup, signals, sink, initial); });
  if (outcome.stopped) {
    const bool begun =
        opened != nullptr && opened->snapshots.epochs_done(groups.front().runs.front().key) > 0;
    say(begun ? "stopped: a snapshot of the run is kept in " + flags.out + "; the same command continues"
              : "stopped, nothing is kept of this run");
    throw *outcome.stopped;
  }
  result.stored.wall_seconds = outcome.seconds;
  if (opened != nullptr) keep_wall_seconds(opened->store, outcome.seconds, patience, warn);
  return result;
}

void train(const TrainFlags& flags) {
  if (!flags.out.empty() && !flags.init_weights.empty()) {
    throw Error(
        ExitCode::kUsage,
        "--out with --init-weights: found both, expected one: a store holds only runs defined by their "
        "seed");
  }
  std::error_code absent;
  if (std::filesystem::equivalent(flags.save_weights, flags.init_weights, absent)) {
    throw Error(ExitCode::kUsage, "--save-weights: found the file of --init-weights, expected another file");
  }
  if (!flags.save_weights.empty()) refuse_foreign_file(flags.save_weights, kWeightsKind, "--save-weights");
  if (!flags.out.empty()) refuse_foreign_file(std::filesystem::path(flags.out) / kSummaryFile, kSummaryKind);
  const Experiment experiment = one_run(flags);
  std::optional<StopSignals> signals(std::in_place, say_stopping,
                                     flags.stop_after);  // constructed before device libraries start threads
  Setup setup = make_setup(flags.setup, {flags.classes, {}}, flags.data);
  check_batch(experiment.models.front(), setup.dataset);
  const std::vector<RunSpec> runs = expand(experiment, setup.dataset, plan_options(setup));
  const PlanOptions options = fit_groups(setup, runs);
  const std::vector<Weights> initial = read_initial(flags, setup.dataset, experiment.models.front());
  if (const auto stopped = signals->stopped()) throw *stopped;

  const std::filesystem::path weights_file = flags.save_weights;
  if (weights_file.has_parent_path()) make_directory(weights_file.parent_path());
  if (!weights_file.empty()) check_writable(weights_file);
  std::optional<OpenedStore> opened;
  if (!flags.out.empty()) {
    opened = unless_stopped(*signals, [&] {
      return open_store(flags.out, experiment, runs, setup, options, signals->token(), warn_over_bar);
    });
  }
  const std::vector<GroupSpec> groups = opened ? opened->left : plan_groups(runs, setup.dataset, options);
  if (groups.empty() && !flags.save_weights.empty()) {
    throw Error(ExitCode::kUsage, "--save-weights: the run is already in " + flags.out +
                                      " and is not trained again, expected another --out or none");
  }

  say_notices(setup);
  if (!groups.empty() && groups.front().epochs_done > 0 && !setup.quiet) {
    say(flags.out + ": continues after epoch " + std::to_string(groups.front().epochs_done));
  }
  Result result;
  if (!groups.empty()) {
    result = train_groups(groups, experiment, setup, *signals, initial, flags, opened ? &*opened : nullptr);
  }
  signals.reset();  // from here on, no run is being trained, so a signal may end the program
  if (opened) {
    RunStore& store = opened->store;
    std::vector<RunRecord> records = groups.empty() ? store.runs() : store.read_back();
    result = {store.stored(), std::move(records)};
  }
  const ReportAnalysis analysis = analyse(result.stored, result.records, nullptr);
  if (opened) {
    write_summary(flags.out, analysis);
    require_in_place(opened->store);
  }
  print_results(analysis, flags.json);
  if (opened && !setup.quiet) say(flags.out + ": summary.json, runs.sqlite");
}

}  // namespace

Command add_train_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("train", "Train one run, described by flags");
  const auto flags = std::make_shared<TrainFlags>(*app);
  add_integer_flag(*app, "--seed", flags->seed, kSeedRange, "of weights, dropout and order (default 0)");
  add_integer_flag(*app, "--classes", flags->classes, kClassesRange,
                   "outputs of the network (default 1 + the largest training label)");
  add_name_flag(*app, "--normalize", flags->data.normalize, parse_normalize, normalize_names(),
                "scale (bytes / 255), standardize (mean 0, deviation 1 per column) or none\n"
                "(default scale for bytes, none for other numbers)");
  add_path_flag(*app, "--target", flags->data.target, "NAME", "of a table: the column that has the labels");
  add_path_flag(*app, "--init-weights", flags->init_weights, "F.npz",
                "start from these weights instead of random ones");
  add_path_flag(*app, "--save-weights", flags->save_weights, "F.npz",
                "write the trained weights: dense_0/kernel, dense_0/bias, ...");
  add_path_flag(*app, "-o,--out", flags->out, "DIR",
                "also store the run in this folder, as gpu_sweep run does");
  add_snapshot_flag(*app, flags->snapshots);
  add_stop_after_flag(*app, flags->stop_after);
  add_disk_patience_flag(*app, flags->disk_patience);
  app->add_flag("--json", flags->json, "print the summary as JSON instead of the tables");
  add_device_flags(*app, flags->setup);
  add_lane_flags(*app, flags->setup);
  app->footer(
      "On the CPU, the run equals, bit for bit, the run with this seed in an experiment with the same "
      "model.\n\n"
      "Example: gpu_sweep train --hidden 256,128,64,32 --epochs 10 --seed 3 --save-weights three.npz");
  return {app, [app, flags] {
            if (flags->out.empty() && app->count("--snapshot-every") > 0) {
              throw Error(ExitCode::kUsage, "--snapshot-every: found no --out DIR, expected both");
            }
            train(*flags);
          }};
}

}  // namespace gpu_sweep
