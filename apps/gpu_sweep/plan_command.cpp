// gpu_sweep plan: what gpu_sweep run would do, and how long it would take.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "apps/gpu_sweep/command.h"
#include "apps/gpu_sweep/fit_groups.h"
#include "apps/gpu_sweep/lane_speed.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/override_flags.h"
#include "apps/gpu_sweep/roofline_text.h"
#include "apps/gpu_sweep/setup.h"
#include "engine/data/dataset_layout.h"
#include "engine/data/find_data.h"
#include "engine/data/load_dataset.h"
#include "engine/error.h"
#include "engine/statistics/wording.h"
#include "engine/sweep/cost.h"
#include "engine/train/layout_on_lane.h"
#include "engine/train/snapshot.h"

namespace gpu_sweep {
namespace {

struct PlanFlags {
  SetupFlags setup;
  ExperimentOverrides overrides;
  std::string file;
  std::string card;
  bool unfused = false;
};

std::string mebibytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

/// "1.25 PFLOP"
std::string flops_text(double flops) {
  if (flops >= 1e15) return fmt::format("{:.2f} PFLOP", flops / 1e15);
  if (flops >= 1e12) return fmt::format("{:.2f} TFLOP", flops / 1e12);
  return fmt::format("{:.2f} GFLOP", flops / 1e9);
}

std::string model_lines(const Experiment& experiment, const Setup& setup) {
  std::string text =
      fmt::format("{:>12}  {:>8}  {:>14}  {}\n", "parameters", "epochs", "FLOP a run", "model");
  for (const ModelSpec& model : experiment.models) {
    const MlpSpec shape = mlp_spec(model, setup.dataset.features(), setup.dataset.classes, setup.precision);
    text += fmt::format("{:>12}  {:>8}  {:>14}  {}\n", parameter_layout(shape).true_parameters, model.epochs,
                        flops_text(run_flops(shape, set_rows(setup.dataset), model.epochs)), model.name);
  }
  return text;
}

void plan(const PlanFlags& flags) {
  if (flags.file.empty())
    throw Error(ExitCode::kUsage, "no experiment, expected gpu_sweep plan EXPERIMENT.toml");
  if (flags.unfused && flags.card.empty()) {
    throw Error(ExitCode::kUsage, "--unfused: found no --roofline CARD, which it goes with");
  }
  const Experiment experiment = load_experiment(flags.file, flags.overrides);
  if (!flags.card.empty()) {
    const Card card = card_of_flag(flags.card);
    std::string warning;
    const Dataset dataset = load_dataset(find_data(flags.setup.data), &warning);
    if (!warning.empty()) warn(warning);
    print_data(roofline_text(experiment, dataset, flags.setup, card, flags.unfused));
    return;
  }
  Setup setup = make_setup(flags.setup);
  const std::vector<RunSpec> all_runs = expand(experiment, setup.dataset, plan_options(setup));
  const PlanOptions options = fit_groups(setup, all_runs);
  const std::vector<GroupSpec> groups = plan_groups(all_runs, setup.dataset, options);

  say_notices(setup);
  const DatasetLayout dataset = dataset_layout(setup.dataset);
  const std::unique_ptr<Lane> lane =
      setup.devices.backend.make_lane(setup.devices.indices.front(), LaneOptions{});
  const SetRows rows = set_rows(setup.dataset);
  double flops = 0;
  std::uint64_t largest_arena = 0, largest_copy = 0;
  std::size_t runs = 0;
  for (const GroupSpec& group : groups) {
    flops += static_cast<double>(group.runs.size()) * run_flops(group.shape, rows, group.epochs);
    const GroupLayout layout = layout_on_lane(*lane, dataset, group);
    largest_arena = std::max(largest_arena, layout.arena_bytes);
    largest_copy = std::max(largest_copy, snapshot_bytes(layout) * group.runs.size());
    runs += group.runs.size();
  }
  const auto devices = static_cast<double>(setup.devices.indices.size());
  const double speed = measure_lane_speed(setup, groups.front(), 1);
  const double seconds = flops / (speed * setup.lanes * devices);

  std::string text = model_lines(experiment, setup);
  text += fmt::format("\nruns     {}: {} x {} from {}\n", with_thousands(static_cast<long long>(runs)),
                      counted(experiment.models.size(), "model"),
                      counted(static_cast<std::size_t>(experiment.runs), "seed"), experiment.seed);
  if (runs < experiment.models.size() * static_cast<std::size_t>(experiment.runs)) {
    text += "         models that are equal but for their names share their runs\n";
  }
  text += fmt::format("groups   {} of up to {}\n", with_thousands(static_cast<long long>(groups.size())),
                      counted(static_cast<std::size_t>(options.replicas_per_group), "run"));
  text += fmt::format("device   {} x {}, {} each, {}\n", setup.devices.indices.size(), setup.device().name,
                      counted(static_cast<std::size_t>(setup.lanes), "lane"), to_string(setup.precision));
  const auto lanes = static_cast<std::uint64_t>(setup.lanes);
  text += fmt::format("memory   {} a device: {} of images, up to {} a lane\n",
                      mebibytes(dataset.bytes + lanes * largest_arena), mebibytes(dataset.bytes),
                      mebibytes(largest_arena));
  text += fmt::format("         and {} of the host's: copies of the runs in hand, up to {} a lane\n",
                      mebibytes(static_cast<std::uint64_t>(devices) * lanes * largest_copy),
                      mebibytes(largest_copy));
  text += fmt::format("work     {}\n", flops_text(flops));
  text += fmt::format(
      "time     about {}: one lane reached {:.0f} GFLOP/s on the costliest group just now,\n"
      "         and all lanes are taken to be as fast\n",
      duration_text(seconds), speed / 1e9);
  print_data(text);
}

}  // namespace

Command add_plan_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("plan", "Say what run would train and how long it would take");
  const auto flags = std::make_shared<PlanFlags>();
  app->add_option("experiment", flags->file, "TOML file as for gpu_sweep run")->type_name("EXPERIMENT.toml");
  add_override_flags(*app, flags->overrides);
  app->add_option("--roofline", flags->card,
                  "print the computed floor on a card instead: h100, h200, a100, l40s, rtx5090, ...")
      ->type_name("CARD");
  app->add_flag("--unfused", flags->unfused,
                "with --roofline: beside it, the same work as a library's single-purpose calls");
  add_device_flags(*app, flags->setup);
  add_grouping_flags(*app, flags->setup);
  app->footer(
      "Keeps nothing and looks at no earlier results. The time rests on half a second of training steps, "
      "measured\n"
      "now and thrown away.\n\n"
      "Example: gpu_sweep plan experiments/layer_depth.toml");
  return {app, [flags] { plan(*flags); }};
}

}  // namespace gpu_sweep
