// The setup of every training command: data set, devices, and how the work is divided.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/device.h"
#include "gpu_sweep/planner.h"
#include "gpu_sweep/run_store.h"

namespace CLI {
class App;
}

namespace gpu_sweep {

struct SetupFlags {
  std::string device = "auto";
  std::optional<Precision> precision;
  std::optional<int> lanes;
  std::optional<int> replicas_per_group;
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

struct Setup {
  Dataset dataset;
  DeviceChoice devices;
  Precision precision = Precision::kFp32;  ///< in effect: fp32 if a device lacks the tf32 asked for
  int lanes = 1;                           ///< per device
  std::optional<int> lanes_asked;          ///< as requested by the user
  std::optional<int> replicas_per_group;   ///< as requested by the user
  LaneOptions lane_options;
  bool keep_probabilities = false;  ///< of every run on the test split
  std::optional<Shard> shard;       ///< none: train the whole experiment
  bool quiet = false;
  std::vector<std::string> notices;   ///< for `say_notices`: what the user might not expect
  std::vector<std::string> warnings;  ///< the same, but printed with --quiet too

  /// Returns the first device; all are of one kind.
  const DeviceInfo& device() const {
    return devices.backend.devices[static_cast<std::size_t>(devices.indices[0])];
  }
};

/// Reads the data set, with the classes that an experiment states, and chooses the devices. Throws
/// Error(kData) and Error(kDevice).
Setup make_setup(const SetupFlags& flags, const ClassSpec& classes = {});

/// Adds warnings about settings in the experiment file that no model can use, for `say_notices` to print.
void add_warnings(const Experiment& experiment, Setup& setup);

/// Prints notices and warnings. Call after the last check that can refuse the command, so that its error is
/// the only line on stderr.
void say_notices(const Setup& setup);

/// Returns the default number of replicas per group, for use when no device can be asked what suits it. Never
/// exceeds `runs_of_a_model`.
int default_replicas(const std::string& device_kind, int runs_of_a_model);

/// Returns options for the planner: precision and device of `setup`, and groups of one replica. See
/// fit_groups.
PlanOptions plan_options(const Setup& setup);

Provenance make_provenance(const Setup& setup);

}  // namespace gpu_sweep
