#include "apps/gpu_sweep/first_steps_check.h"

#include "engine/error.h"
#include "engine/selftest/first_steps.h"

namespace gpu_sweep {

void check_first_steps(const Setup& setup, const std::vector<GroupSpec>& groups) {
  if (setup.device().device_kind == "cpu" || groups.empty()) return;
  for (const int index : setup.devices.indices) {
    const auto lane = setup.devices.backend.make_lane(index, setup.lane_options);
    const FirstSteps steps = compare_first_steps(*lane, setup.dataset, groups.front());
    if (steps.agree()) continue;
    const DeviceInfo& device = setup.devices.backend.devices[static_cast<std::size_t>(index)];
    throw Error(ExitCode::kDevice, device.id + " (" + device.name + "): three steps differ from the CPU's: " +
                                       steps.text() + "; gpu_sweep selftest tells more");
  }
}

}  // namespace gpu_sweep
