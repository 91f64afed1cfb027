// The data set and devices of a study, and how its work is divided among them. Runs are trained together in
// groups, which have one replica of the network per run. A lane is a worker thread that trains groups on one
// device.
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

/// The choices that a user may make. A choice that was not made has no value; for the device, it is "auto".
struct SetupWishes {
  std::string device = "auto";            ///< as choose_devices takes it
  std::optional<Precision> precision;     ///< see choose_precision
  std::optional<int> lanes;               ///< in kLanesRange
  std::optional<int> replicas_per_group;  ///< in kReplicasRange
};

struct Setup {
  Dataset dataset;
  DeviceChoice devices;
  Precision precision = Precision::kFp32;  ///< in effect: fp32 if a device lacks the tf32 asked for
  int lanes = 1;                           ///< per device
  std::optional<int> lanes_asked;          ///< as requested by the user
  std::optional<int> replicas_per_group;   ///< as requested by the user
  LaneOptions lane_options;
  bool keep_probabilities = false;  ///< of the test split, for every run
  std::optional<Shard> shard;       ///< none: train the whole experiment
  bool quiet = false;
  std::vector<std::string> notices;   ///< what the user might not expect; printed unless --quiet is given
  std::vector<std::string> warnings;  ///< what the user must know; printed with --quiet, too

  /// Returns the first device. All devices are of the same kind.
  const DeviceInfo& device() const {
    return devices.backend.devices[static_cast<std::size_t>(devices.indices[0])];
  }
};

/// Returns the precision to train with on `device`. This is the precision that was asked for. If none was, it
/// is tf32 if the device supports it, and fp32 otherwise. If tf32 was asked for and the device does not
/// support it, returns fp32 and adds a notice. If bf16 was asked for and the device does not support it,
/// throws Error(kDevice).
Precision choose_precision(const std::optional<Precision>& asked, const DeviceInfo& device,
                           std::vector<std::string>& notices);

/// Returns a setup that is complete except for the data set. Throws the errors of choose_devices and
/// choose_precision.
Setup choose_setup(const SetupWishes& wishes);

/// Returns the default number of replicas per group, for cases where the properties of the device are
/// unknown. The number is at most `runs_of_model`.
int default_replicas(const std::string& device_kind, int runs_of_model);

/// Returns options for the planner, with the precision, the device kind and keep_probabilities of `setup`.
/// The groups have one replica each; fit_groups chooses larger groups.
PlanOptions plan_options(const Setup& setup);

Provenance make_provenance(const Setup& setup);

}  // namespace gpu_sweep
