// What every training command needs first: the data, the device, and how the work is cut.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/lane/device.h"
#include "engine/store/run_store.h"
#include "engine/sweep/planner.h"

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

/// --device, --precision, --data, --quiet.
void add_device_flags(CLI::App& app, SetupFlags& flags);
/// --lanes, --replicas-per-group.
void add_grouping_flags(CLI::App& app, SetupFlags& flags);
/// --eager, --profile.
void add_lane_flags(CLI::App& app, SetupFlags& flags);

struct Setup {
  Dataset dataset;
  DeviceChoice devices;
  Precision precision = Precision::kFp32;  ///< in effect: tf32 is fp32 where a device has none
  int lanes = 1;                           ///< a device
  std::optional<int> lanes_asked;          ///< as asked for
  std::optional<int> replicas_per_group;   ///< as asked for
  LaneOptions lane_options;
  bool keep_probabilities = false;  ///< of the test set, of every run
  std::optional<Shard> shard;       ///< nothing where the whole experiment is to be trained
  bool quiet = false;
  std::vector<std::string> notices;   ///< for `say_notices`: what is not as one might expect
  std::vector<std::string> warnings;  ///< the same, also where --quiet was given

  /// The first device; all are of one kind.
  const DeviceInfo& device() const {
    return devices.backend.devices[static_cast<std::size_t>(devices.indices[0])];
  }
};

/// Reads the data, with the classes that an experiment says, and chooses the devices. Throws Error(kData) and
/// Error(kDevice).
Setup make_setup(const SetupFlags& flags, const ClassSpec& classes = {});

/// Has `say_notices` warn of what the experiment's file states and no model can use.
void add_warnings(const Experiment& experiment, Setup& setup);

/// Call once nothing can be refused any more: an error stands alone on stderr.
void say_notices(const Setup& setup);

/// The replicas of a group where nobody asked for a number and no device is at hand that could say what suits
/// it: never more than the runs of a model.
int default_replicas(const std::string& device_kind, int runs_of_a_model);

/// For the planner: precision and device; groups of one. See fit_groups.
PlanOptions plan_options(const Setup& setup);

Provenance make_provenance(const Setup& setup);

}  // namespace gpu_sweep
