// gpu_sweep tune: times groupings on the user's card and keeps the best for gpu_sweep run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/training/lane_speed.h"
#include "engine/lane/out_of_memory.h"
#include "engine/report/export/summary_json.h"
#include "engine/statistics/wording.h"
#include "engine/study/fit_groups.h"
#include "engine/study/tuned_file.h"
#include "engine/sweep/cost.h"

namespace gpu_sweep {
namespace {

struct TuneFlags {
  SetupFlags setup;
  std::string file;
  bool json = false;
};

struct Timing {
  Grouping grouping;
  double epochs_per_second = 0;  ///< of single runs, on all lanes; harmonic mean over the shapes
};

[[noreturn]] void refuse_cpu(const Setup& setup, const std::string& asked) {
  const std::string why = setup.devices.notice.empty() ? "" : "; " + setup.devices.notice;
  throw Error(asked == "cpu" ? ExitCode::kUsage : ExitCode::kDevice,
              "--device: found cpu, expected a GPU: on the CPU one run per core is always best, so there "
              "is nothing to tune" +
                  why);
}

/// Returns a group in which all `replicas` replicas hold a run.
GroupSpec full_group(const GroupSpec& shape, int replicas) {
  GroupSpec group = shape;
  group.replicas = replicas;
  group.runs.resize(std::min(shape.runs.size(), static_cast<std::size_t>(replicas)));
  while (group.runs.size() < static_cast<std::size_t>(replicas)) {
    group.runs.push_back(shape.runs[group.runs.size() % shape.runs.size()]);
  }
  return group;
}

Timing time_grouping(const Grouping& grouping, const std::vector<GroupSpec>& shapes, const Setup& setup) {
  const SplitRows rows = rows_of_splits(setup.dataset);
  double seconds = 0;  // for one epoch of one run of every shape
  for (const GroupSpec& shape : shapes) {
    const GroupSpec group = full_group(shape, grouping.replicas);
    seconds += epoch_flops(shape.shape, rows) / measure_lane_speed(setup, group, grouping.lanes);
  }
  return {grouping, static_cast<double>(shapes.size()) / seconds};
}

/// Times those candidates that fit in memory, and warns about the others.
std::vector<Timing> time_all(const std::vector<Grouping>& candidates, const std::vector<GroupSpec>& shapes,
                             const Setup& setup) {
  std::vector<Timing> timings;
  for (const Grouping& candidate : candidates) {
    try {
      timings.push_back(time_grouping(candidate, shapes, setup));
    } catch (const OutOfMemory& error) {
      warn(fmt::format("{} on {}: {}", counted(static_cast<std::size_t>(candidate.replicas), "replica"),
                       counted(static_cast<std::size_t>(candidate.lanes), "lane"), error.what()));
    }
  }
  return timings;
}

std::string as_text(const std::vector<Timing>& timings, const Timing& best, const DeviceInfo& device) {
  std::string text = fmt::format("{:>8}  {:>5}  {:>14}\n", "replicas", "lanes", "epochs/second");
  for (const Timing& timing : timings) {
    text += fmt::format("{:>8}  {:>5}  {:>14.2f}{}\n", timing.grouping.replicas, timing.grouping.lanes,
                        timing.epochs_per_second, timing.grouping == best.grouping ? "  best" : "");
  }
  return text + "\nmeasured on " + device.name +
         ": epochs of single runs, mean over the experiment's shapes\n";
}

std::string as_json(const std::vector<Timing>& timings, const Timing& best, const Setup& setup) {
  const auto entry = [](const Timing& timing) {
    return nlohmann::ordered_json{{"replicas_per_group", timing.grouping.replicas},
                                  {"lanes", timing.grouping.lanes},
                                  {"epochs_a_second", timing.epochs_per_second}};
  };
  nlohmann::ordered_json json;
  json["device"] = setup.device().name;
  json["precision"] = to_string(setup.precision);
  json["best"] = entry(best);
  for (const Timing& timing : timings) json["timings"].push_back(entry(timing));
  return summary_text(json);
}

void tune(const TuneFlags& flags) {
  if (flags.file.empty())
    throw Error(ExitCode::kUsage, "no experiment, expected gpu_sweep tune EXPERIMENT.toml");
  const Experiment experiment = load_experiment(flags.file, {});
  Setup setup = make_setup(flags.setup, experiment.classes, experiment.data);
  add_warnings(experiment, setup);
  if (setup.device().device_kind == "cpu") refuse_cpu(setup, flags.setup.device);
  const std::vector<GroupSpec> shapes =
      groups_by_shape(expand(experiment, setup.dataset, plan_options(setup)), setup);
  std::size_t most = 1;
  for (const GroupSpec& shape : shapes) most = std::max(most, shape.runs.size());
  say_notices(setup);

  const std::vector<Grouping> candidates =
      grouping_candidates(static_cast<int>(most), least_room(setup, shapes));
  const std::vector<Timing> timings = time_all(candidates, shapes, setup);
  if (timings.empty()) throw Error(ExitCode::kDevice, setup.device().id + ": no grouping fits in its memory");
  const Timing best = *std::ranges::max_element(timings, {}, &Timing::epochs_per_second);
  keep_tuned_grouping(setup.device(), setup.precision, best.grouping);
  print_data(flags.json ? as_json(timings, best, setup) : as_text(timings, best, setup.device()));
  if (!setup.quiet) say("saved in " + tuned_file().string() + " for gpu_sweep run on this card");
}

}  // namespace

Command add_tune_command(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("tune", "Find the fastest replicas per group and lanes on this machine's GPU");
  const auto flags = std::make_shared<TuneFlags>();
  app->add_option("experiment", flags->file, "TOML file as for gpu_sweep run")->type_name("EXPERIMENT.toml");
  app->add_flag("--json", flags->json, "print JSON instead of the table");
  add_device_flags(*app, flags->setup);
  app->footer(
      "Trains every shape of the experiment for about half a second with each grouping; discards the runs.\n"
      "The best grouping per card, driver and precision is saved in $XDG_CACHE_HOME/gpu_sweep/tuned.json\n"
      "(or ~/.cache/gpu_sweep/tuned.json); run, train and plan use it unless --replicas-per-group or\n"
      "--lanes is given.\n\n"
      "Example: gpu_sweep tune experiments/layer_depth.toml");
  return {app, [flags] { tune(*flags); }};
}

}  // namespace gpu_sweep
