// gpu_sweep plan: prints what gpu_sweep run would do and how long it would take.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/commands/plan_detection.h"
#include "apps/gpu_sweep/commands/roofline_text.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/flags/training.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/training/lane_speed.h"
#include "apps/gpu_sweep/training/setup.h"
#include "apps/gpu_sweep/training/until_decided.h"
#include "engine/data/dataset_layout.h"
#include "engine/report/export/summary_json.h"
#include "engine/report/text/settings_table.h"
#include "engine/statistics/verdict.h"
#include "engine/statistics/wording.h"
#include "engine/store/database/experiment_json.h"
#include "engine/study/fit_groups.h"
#include "engine/study/until_decided.h"
#include "engine/sweep/cost.h"
#include "engine/train/group_snapshots.h"
#include "engine/train/replica_group.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/find_data.h"
#include "gpu_sweep/load_dataset.h"
#include "gpu_sweep/snapshot.h"

namespace gpu_sweep {
namespace {

struct PlanFlags {
  SetupFlags setup;
  ExperimentOverrides overrides;
  UntilDecidedFlags until_decided;
  std::string file;
  std::string card;
  DetectFlags detect;
  bool unfused = false;
  bool json = false;
};

std::string mebibytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

/// Returns a text such as "1.25 PFLOP".
std::string flops_text(double flops) {
  if (flops >= 1e15) return fmt::format("{:.2f} PFLOP", flops / 1e15);
  if (flops >= 1e12) return fmt::format("{:.2f} TFLOP", flops / 1e12);
  return fmt::format("{:.2f} GFLOP", flops / 1e9);
}

/// The work and cost of training the experiment.
struct Plan {
  Experiment experiment;
  std::vector<std::uint64_t> parameters;  ///< per model
  std::vector<double> flops_per_run;      ///< per model
  std::size_t runs = 0;                   ///< models that differ only in their names share runs
  std::size_t groups = 0;
  int replicas_per_group = 0;  ///< upper limit of the runs in a group
  std::size_t devices = 0;
  std::uint64_t image_bytes = 0;     ///< per device
  std::uint64_t lane_bytes = 0;      ///< per lane, at most
  std::uint64_t host_bytes = 0;      ///< per lane, at most: for copies of the runs being trained
  double flops = 0;                  ///< of all runs
  double lane_flops_per_second = 0;  ///< measured
  double seconds = 0;
  std::optional<Detection> detection;
};

Plan make_plan(const Experiment& experiment, Setup& setup) {
  Plan plan;
  plan.experiment = experiment;
  const std::vector<RunSpec> all_runs = expand(experiment, setup.dataset, plan_options(setup));
  const PlanOptions options = fit_groups(setup, runs_to_group(all_runs, experiment));
  const std::vector<GroupSpec> groups = plan_groups(all_runs, setup.dataset, options);
  plan.replicas_per_group = options.replicas_per_group;
  const SplitRows rows = rows_of_splits(setup.dataset);
  for (const ModelSpec& model : experiment.models) {
    const MlpSpec shape = mlp_spec(model, setup.dataset.features(), setup.dataset.classes, setup.precision);
    plan.parameters.push_back(parameter_layout(shape).true_parameters);
    plan.flops_per_run.push_back(run_flops(shape, rows, model.epochs));
  }
  const DatasetLayout dataset = dataset_layout(setup.dataset);
  const std::unique_ptr<Lane> lane =
      setup.devices.backend.make_lane(setup.devices.indices.front(), LaneOptions{});
  plan.groups = groups.size();
  plan.devices = setup.devices.indices.size();
  plan.image_bytes = dataset.bytes;
  for (const GroupSpec& group : groups) {
    plan.flops += static_cast<double>(group.runs.size()) * run_flops(group.shape, rows, group.epochs);
    const GroupLayout layout = layout_on_lane(*lane, dataset, group);
    plan.lane_bytes = std::max(plan.lane_bytes, layout.arena_bytes);
    plan.host_bytes = std::max(plan.host_bytes, snapshot_bytes(layout) * group.runs.size());
    plan.runs += group.runs.size();
  }
  plan.lane_flops_per_second = measure_lane_speed(setup, groups.front(), 1);
  plan.seconds = plan.flops / (plan.lane_flops_per_second * setup.lanes * static_cast<double>(plan.devices));
  return plan;
}

std::string as_text(const Plan& plan, const Setup& setup) {
  const Experiment& experiment = plan.experiment;
  std::vector<std::string> parameters, flops;
  for (const std::uint64_t count : plan.parameters)
    parameters.push_back(with_thousands(static_cast<long long>(count)));
  for (const double count : plan.flops_per_run) flops.push_back(flops_text(count));
  std::string text = settings_table(experiment.models, {{"parameters", parameters}, {"FLOP per run", flops}});

  const bool until_decided = experiment.analysis.until_decided;
  const char* at_most = until_decided ? "at most " : "";
  text += fmt::format("\nruns     {}{}: {} x {} from {}\n", at_most,
                      with_thousands(static_cast<long long>(plan.runs)),
                      counted(experiment.models.size(), "model"),
                      counted(static_cast<std::size_t>(experiment.runs), "seed"), experiment.seed);
  if (plan.runs < experiment.models.size() * static_cast<std::size_t>(experiment.runs)) {
    text += "         models that differ only in name share their runs\n";
  }
  const std::string can_tell = what_to_expect(experiment);
  if (!can_tell.empty()) text += "verdict  " + can_tell + '\n';
  text += fmt::format("groups   {} of up to {}\n", with_thousands(static_cast<long long>(plan.groups)),
                      counted(static_cast<std::size_t>(plan.replicas_per_group), "run"));
  text += fmt::format("device   {} x {}, {} each, {}\n", plan.devices, setup.device().name,
                      counted(static_cast<std::size_t>(setup.lanes), "lane"), to_string(setup.precision));
  const auto lanes = static_cast<std::uint64_t>(setup.lanes);
  text += fmt::format("memory   {} per device: {} of data, up to {} per lane\n",
                      mebibytes(plan.image_bytes + lanes * plan.lane_bytes), mebibytes(plan.image_bytes),
                      mebibytes(plan.lane_bytes));
  text += fmt::format("         and {} of host memory: copies of the runs being trained, up to {} per lane\n",
                      mebibytes(plan.devices * lanes * plan.host_bytes), mebibytes(plan.host_bytes));
  text += fmt::format("work     {}{}\n", at_most, flops_text(plan.flops));
  text += fmt::format(
      "time     {}about {}: one lane just reached {:.0f} GFLOP/s on the most expensive group,\n"
      "         and all lanes are assumed to be as fast\n",
      at_most, duration_text(plan.seconds), plan.lane_flops_per_second / 1e9);
  if (plan.detection) text += detection_text(*plan.detection);
  return text;
}

std::string as_json(const Plan& plan, const Setup& setup) {
  nlohmann::ordered_json json;
  json["experiment"] = to_json(plan.experiment);
  for (std::size_t i = 0; i < plan.experiment.models.size(); ++i) {
    json["models"].push_back({{"name", plan.experiment.models[i].name},
                              {"parameters", plan.parameters[i]},
                              {"flop_per_run", plan.flops_per_run[i]}});
  }
  json["runs"] = plan.runs;
  json["fewest_runs"] =
      fewest_runs(pairs_of(plan.experiment.models.size()), looks_of(plan.experiment.analysis));
  json["groups"] = plan.groups;
  json["replicas_per_group"] = plan.replicas_per_group;
  json["device"] = setup.device().name;
  json["devices"] = plan.devices;
  json["lanes"] = setup.lanes;
  json["precision"] = to_string(setup.precision);
  json["bytes"] = {
      {"images", plan.image_bytes}, {"lane", plan.lane_bytes}, {"host_per_lane", plan.host_bytes}};
  json["flop"] = plan.flops;
  json["lane_flop_per_second"] = plan.lane_flops_per_second;
  json["seconds"] = plan.seconds;
  if (plan.detection) json["detect"] = detection_json(*plan.detection);
  return summary_text(json);
}

void plan(const PlanFlags& flags) {
  if (flags.file.empty())
    throw Error(ExitCode::kUsage, "no experiment, expected gpu_sweep plan EXPERIMENT.toml");
  if (flags.unfused && flags.card.empty()) {
    throw Error(ExitCode::kUsage, "--unfused: found no --roofline CARD, expected both");
  }
  if (flags.json && !flags.card.empty()) {
    throw Error(ExitCode::kUsage, "--json with --roofline: found both, expected only one");
  }
  const Experiment experiment = load_experiment(flags.file, flags.overrides, flags.until_decided);
  check_detect_flags(flags.detect, experiment);
  if (!flags.card.empty()) {
    const Card card = card_of_flag(flags.card);
    DataRemarks remarks;
    const Dataset dataset =
        load_dataset(find_data(flags.setup.data), &remarks, experiment.classes, experiment.data);
    for (const std::string& line : remarks.warnings) warn(line);
    for (const std::string& line : experiment.warnings) warn(line);
    print_data(roofline_text(experiment, dataset, flags.setup, card, flags.unfused));
    return;
  }
  Setup setup = make_setup(flags.setup, experiment.classes, experiment.data);
  add_warnings(experiment, setup);
  Plan plan = make_plan(experiment, setup);
  if (flags.detect.points) {
    plan.detection = detect(flags.detect, experiment, setup.dataset, plan.seconds / experiment.runs);
  }
  say_notices(setup);
  print_data(flags.json ? as_json(plan, setup) : as_text(plan, setup));
}

}  // namespace

Command add_plan_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("plan", "Show what run would train and how long it would take");
  const auto flags = std::make_shared<PlanFlags>();
  app->add_option("experiment", flags->file, "TOML file as for gpu_sweep run")->type_name("EXPERIMENT.toml");
  add_override_flags(*app, flags->overrides);
  add_until_decided_flags(*app, flags->until_decided);
  add_number_flag(*app, "--detect", flags->detect.points, NumberRange::kPoints,
                  "also print how many runs tell a difference of so many percentage points in four of five\n"
                  "studies, by simulating the report's rule; needs --pilot or --deviation");
  add_path_flag(*app, "--pilot", flags->detect.pilot, "DIR",
                "with --detect: results whose runs show how much scores vary by seed and by image");
  add_number_flag(*app, "--deviation", flags->detect.deviation, NumberRange::kPositive,
                  "with --detect: the standard deviation of a model's accuracy over seeds, in points");
  app->add_option("--roofline", flags->card,
                  "print the computed lower bound on a card instead: h100, h200, a100, l40s, rtx5090, ...")
      ->type_name("CARD");
  app->add_flag("--unfused", flags->unfused,
                "with --roofline: also the same work as single-purpose calls of a library");
  app->add_flag("--json", flags->json, "print the plan, with every model's settings, as JSON");
  add_device_flags(*app, flags->setup);
  add_grouping_flags(*app, flags->setup);
  app->footer(
      "Prints every model's settings, with defaults, [grid] and flags applied, and what they cost. Writes\n"
      "nothing and ignores earlier results. The time is estimated from half a second of training steps,\n"
      "whose results are discarded.\n\n"
      "Example: gpu_sweep plan experiments/layer_depth.toml");
  return {app, [flags] { plan(*flags); }};
}

}  // namespace gpu_sweep
