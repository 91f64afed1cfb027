// The setup that all training commands need: the data set, the devices, and how the work is divided.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/study/setup.h"
#include "gpu_sweep/shard.h"

namespace CLI {
class App;
}

namespace gpu_sweep {

struct SetupFlags : SetupWishes {
  std::string data;
  std::optional<Shard> shard;
  bool eager = false;
  bool profile = false;
  bool quiet = false;
};

/// Adds --device, --precision, --data and --quiet.
void add_device_flags(CLI::App& app, SetupFlags& flags);
/// Adds --lanes and --replicas-per-group.
void add_grouping_flags(CLI::App& app, SetupFlags& flags);
/// Adds --eager and --profile.
void add_lane_flags(CLI::App& app, SetupFlags& flags);

/// Reads the data set, with the classes and settings that the experiment states, and chooses the devices.
/// `kept` is passed on to load_dataset. Throws Error(kData), Error(kDevice) and Error(kUsage).
Setup make_setup(const SetupFlags& flags, const ClassSpec& classes = {}, const DataSettings& settings = {},
                 const Standardization* kept = nullptr);

/// Adds Experiment::warnings to the warnings of `setup`, which `say_notices` prints.
void add_warnings(const Experiment& experiment, Setup& setup);

/// Prints warnings and, unless setup.quiet, notices. It must be called after the last check that can refuse
/// the command, so that the error of such a check is the only line on stderr.
void say_notices(const Setup& setup);

}  // namespace gpu_sweep
