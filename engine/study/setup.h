// What a study is trained with: data set, devices, and how the work is divided.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/experiment/hyper_parameters.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/device.h"
#include "gpu_sweep/planner.h"
#include "gpu_sweep/stored_experiment.h"

namespace gpu_sweep {

inline constexpr IntegerRange kLanesRange{1, 1024};
inline constexpr IntegerRange kReplicasRange{1, 65'535};

/// What a user may ask for.
struct SetupWishes {
  std::string device = "auto";            ///< as for choose_devices
  std::optional<Precision> precision;     ///< see choose_precision
  std::optional<int> lanes;               ///< kLanesRange
  std::optional<int> replicas_per_group;  ///< kReplicasRange
};

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

/// Returns the precision to train with on `device`: the one asked for, otherwise tf32 where the device has it
/// and fp32 elsewhere. Adds a notice if the device lacks the tf32 asked for. Throws Error(kDevice) if it
/// lacks the bf16 asked for.
Precision choose_precision(const std::optional<Precision>& asked, const DeviceInfo& device,
                           std::vector<std::string>& notices);

/// Returns a setup that lacks only its data set. Throws what choose_devices and choose_precision throw.
Setup choose_setup(const SetupWishes& wishes);

/// Returns the default number of replicas per group, for use where the properties of the device are unknown.
/// Never exceeds `runs_of_model`.
int default_replicas(const std::string& device_kind, int runs_of_model);

/// Returns options for the planner: precision, device kind and keep_probabilities of `setup`, and groups of
/// one replica. fit_groups chooses larger ones.
PlanOptions plan_options(const Setup& setup);

Provenance make_provenance(const Setup& setup);

}  // namespace gpu_sweep
