#include "engine/study/setup.h"

#include <algorithm>

#include "engine/sweep/grouping.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

Precision choose_precision(const std::optional<Precision>& asked, const DeviceInfo& device,
                           std::vector<std::string>& notices) {
  const bool is_cpu = device.device_kind == "cpu";
  if (!asked) return is_cpu || !device.supports_tf32 ? Precision::kFp32 : Precision::kTf32;
  if (*asked == Precision::kBf16 && !device.supports_bf16) {
    throw Error(ExitCode::kDevice, "--precision bf16: " + device.id + " (" + device.name +
                                       ") has no bf16 products, expected fp32 or tf32");
  }
  if (*asked == Precision::kTf32 && !device.supports_tf32) {
    notices.push_back("--precision tf32: " + device.id + " has none, so fp32 is used");
    return Precision::kFp32;
  }
  return *asked;
}

Setup choose_setup(const SetupWishes& wishes) {
  Setup setup;
  setup.devices = choose_devices(wishes.device);
  if (!setup.devices.notice.empty()) setup.notices.push_back(setup.devices.notice);
  setup.precision = choose_precision(wishes.precision, setup.device(), setup.notices);
  setup.lanes_asked = wishes.lanes;
  setup.lanes = wishes.lanes.value_or(setup.device().default_lanes);
  setup.replicas_per_group = wishes.replicas_per_group;
  return setup;
}

int default_replicas(const std::string& device_kind, int runs_of_model) {
  return device_kind == "cpu" ? 1 : std::min(kUsualReplicas, runs_of_model);
}

PlanOptions plan_options(const Setup& setup) {
  PlanOptions options;
  options.precision = setup.precision;
  options.device_kind = setup.device().device_kind;
  options.keep_probabilities = setup.keep_probabilities;
  return options;
}

Provenance make_provenance(const Setup& setup) {
  Provenance provenance;
  provenance.program_version = GPU_SWEEP_VERSION;
  provenance.device_kind = setup.device().device_kind;
  provenance.device_name = setup.device().name;
  provenance.numerics = setup.device().numerics;
  provenance.precision = setup.precision;
  provenance.data_directory = setup.dataset.directory;
  provenance.data_sha256 = setup.dataset.sha256;
  provenance.data_settings = setup.dataset.settings;
  provenance.class_names = setup.dataset.class_names;
  provenance.features = setup.dataset.features();
  provenance.height = setup.dataset.height;
  provenance.width = setup.dataset.width;
  provenance.test_labels = setup.dataset[Split::kTest].labels;
  provenance.shard = setup.shard;
  return provenance;
}

}  // namespace gpu_sweep
