#include "engine/study/check_devices.h"

#include <exception>
#include <set>
#include <thread>
#include <tuple>

#include "engine/lane/out_of_memory.h"
#include "engine/selftest/device_check.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

std::vector<GroupSpec> distinct_shapes(const std::vector<GroupSpec>& groups) {
  std::vector<GroupSpec> distinct;
  std::set<std::tuple<MlpSpec, bool, int>> seen;
  for (const GroupSpec& group : groups) {
    if (seen.emplace(group.shape, group.shuffle, group.replicas).second) distinct.push_back(group);
  }
  return distinct;
}

DeviceCheck check_what_fits(Lane& lane, const Dataset& dataset, GroupSpec group) {
  while (true) {
    try {
      return check_device(lane, dataset, group);
    } catch (const OutOfMemory&) {
      if (group.replicas == 1) throw;
      group = halves(group).front();
    }
  }
}

void check_one(const Setup& setup, int index, const std::vector<GroupSpec>& shapes,
               const std::stop_token& stop) {
  if (stop.stop_requested()) return;
  LaneOptions options = setup.lane_options;
  options.profile = nullptr;  // profiles are to cover the training only
  const auto lane = setup.devices.backend.make_lane(index, options);
  for (const GroupSpec& group : shapes) {
    if (stop.stop_requested()) return;
    const DeviceCheck check = check_what_fits(*lane, setup.dataset, group);
    if (check.passed()) continue;
    const DeviceInfo& device = setup.devices.backend.devices[static_cast<std::size_t>(index)];
    throw Error(ExitCode::kDevice, device.id + " (" + device.name + ") does not compute '" +
                                       group.runs.front().model.name + "' correctly: " + check.complaint +
                                       "; for details, run gpu_sweep selftest");
  }
}

}  // namespace

void check_devices(const Setup& setup, const std::vector<GroupSpec>& groups, const std::stop_token& stop) {
  if (setup.device().device_kind == "cpu" || groups.empty()) return;
  const std::vector<GroupSpec> shapes = distinct_shapes(groups);
  std::vector<std::exception_ptr> errors(setup.devices.indices.size());
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    threads.emplace_back([&, i] {
      try {
        check_one(setup, setup.devices.indices[i], shapes, stop);
      } catch (...) {
        errors[i] = std::current_exception();
      }
    });
  }
  threads.clear();  // joins the threads
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace gpu_sweep
