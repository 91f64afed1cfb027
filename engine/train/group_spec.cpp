#include "gpu_sweep/group_spec.h"

#include <algorithm>
#include <utility>

namespace gpu_sweep {

GroupSpec empty_group(const ModelSpec& model, const Dataset& dataset, Precision precision) {
  GroupSpec group;
  group.shape = mlp_spec(model, dataset.features(), dataset.classes, precision);
  group.epochs = model.epochs;
  group.shuffle = model.shuffle;
  return group;
}

void set_runs(GroupSpec& group, std::vector<RunSpec> runs) {
  group.runs = std::move(runs);
  group.shape.extras.penalized =
      std::ranges::any_of(group.runs, [](const RunSpec& run) { return step_extras(run.model).penalized; });
}

}  // namespace gpu_sweep
