#include "engine/study/fit_groups.h"

#include <algorithm>

#include "engine/data/dataset_layout.h"
#include "engine/statistics/wording.h"
#include "engine/study/tuned_file.h"
#include "engine/sweep/device_room.h"

namespace gpu_sweep {

std::vector<GroupSpec> groups_by_shape(const std::vector<RunSpec>& runs, const Setup& setup) {
  PlanOptions options = plan_options(setup);
  options.replicas_per_group = static_cast<int>(std::max<std::size_t>(1, runs.size()));
  return plan_groups(runs, setup.dataset, options);
}

DeviceRoom least_room(const Setup& setup, const std::vector<GroupSpec>& shapes) {
  const DatasetLayout dataset = dataset_layout(setup.dataset);
  std::optional<DeviceRoom> least;
  for (const int device : setup.devices.indices) {
    DeviceRoom room = measure_room(setup.devices.backend, device, shapes, dataset);
    if (!least || room.free_bytes < least->free_bytes) least = std::move(room);
  }
  return *least;
}

PlanOptions fit_groups(Setup& setup, const std::vector<RunSpec>& runs) {
  const DeviceInfo& device = setup.device();
  const GroupingWishes wishes = {setup.replicas_per_group, setup.lanes_asked};
  const std::vector<GroupSpec> shapes = groups_by_shape(runs, setup);
  std::size_t most = 1;
  for (const GroupSpec& shape : shapes) most = std::max(most, shape.runs.size());

  std::optional<Grouping> tuned;
  std::optional<DeviceRoom> room;
  if (device.device_kind != "cpu") {
    std::string warning;
    tuned = tuned_grouping(device, setup.precision, warning);
    if (!warning.empty()) setup.warnings.push_back(warning);
    if (!wishes.replicas && most > 1) room = least_room(setup, shapes);
  }
  const Grouping chosen = choose_grouping(device, wishes, tuned, static_cast<int>(most), room);
  if (tuned && !(wishes.replicas && wishes.lanes)) {
    setup.notices.push_back("groups of up to " + counted(static_cast<std::size_t>(chosen.replicas), "run") +
                            " on " + counted(static_cast<std::size_t>(chosen.lanes), "lane") +
                            ", as gpu_sweep tune found best on " + device.name);
  }
  setup.lanes = chosen.lanes;
  PlanOptions options = plan_options(setup);
  options.replicas_per_group = chosen.replicas;
  return options;
}

int useful_lanes(const Setup& setup, std::size_t groups) {
  const std::size_t devices = setup.devices.indices.size();
  return std::min(setup.lanes, static_cast<int>(std::max<std::size_t>(1, (groups + devices - 1) / devices)));
}

}  // namespace gpu_sweep
