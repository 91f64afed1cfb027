#include "apps/gpu_sweep/training/setup.h"

#include <CLI/CLI.hpp>

#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/output.h"
#include "engine/experiment/hyper_parameters.h"
#include "engine/lane/profile.h"
#include "gpu_sweep/find_data.h"
#include "gpu_sweep/load_dataset.h"

namespace gpu_sweep {
void add_device_flags(CLI::App& app, SetupFlags& flags) {
  app.add_option("--device", flags.device,
                 "auto, cpu, cuda (all GPUs) or cuda:N; auto uses GPUs if there are any")
      ->type_name("auto|cpu|cuda|cuda:N");
  add_name_flag(app, "--precision", flags.precision, parse_precision, precision_names(),
                "fp32, tf32 or bf16 (default fp32 on the CPU, tf32 on GPUs)");
  add_path_flag(app, "--data", flags.data, "PLACE",
                "folder of IDX files or .npy arrays, .npz archive or .csv table\n"
                "(default $GPU_SWEEP_DATA, otherwise the usual places of Fashion-MNIST)");
  app.add_flag("-q,--quiet", flags.quiet,
               "print only warnings and errors on stderr, no progress and no remarks");
}

void add_grouping_flags(CLI::App& app, SetupFlags& flags) {
  add_integer_flag(app, "--lanes", flags.lanes, kLanesRange,
                   "groups trained at the same time on each device (default on the CPU: one per core;\n"
                   "on a GPU: what gpu_sweep tune found, otherwise 2)");
  add_integer_flag(app, "--replicas-per-group", flags.replicas_per_group, kReplicasRange,
                   "runs trained in lock-step (default on the CPU: 1; on a GPU: what gpu_sweep tune found,\n"
                   "otherwise what suits its caches and fits in its memory)");
}

void add_lane_flags(CLI::App& app, SetupFlags& flags) {
  app.add_flag("--eager", flags.eager,
               "on a GPU: use no CUDA graphs; wait after every operation and name the one that fails");
  app.add_flag("--profile", flags.profile, "on the CPU: print the share of time per operation at the end");
}

Setup make_setup(const SetupFlags& flags, const ClassSpec& classes, const DataSettings& settings,
                 const Standardization* kept) {
  Setup setup = choose_setup(flags);
  setup.quiet = flags.quiet;
  setup.shard = flags.shard;
  setup.lane_options.eager = flags.eager;
  if (flags.profile) {
    if (setup.device().device_kind != "cpu") {
      throw Error(ExitCode::kUsage, "--profile: found device " + setup.device().id +
                                        ", expected cpu; docs/profiling.md says how to profile a GPU");
    }
    setup.lane_options.profile = std::make_shared<Profile>();
  }

  DataRemarks remarks;
  setup.dataset = load_dataset(find_data(flags.data), &remarks, classes, settings, kept);
  setup.warnings = std::move(remarks.warnings);
  if (!remarks.notice.empty()) setup.notices.push_back(std::move(remarks.notice));
  return setup;
}

void add_warnings(const Experiment& experiment, Setup& setup) {
  setup.warnings.insert(setup.warnings.end(), experiment.warnings.begin(), experiment.warnings.end());
}

void say_notices(const Setup& setup) {
  for (const std::string& line : setup.warnings) warn(line);
  if (setup.quiet) return;
  for (const std::string& line : setup.notices) say(line);
}

}  // namespace gpu_sweep
