#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

GroupSpec empty_group(const ModelSpec& model, const Dataset& dataset, Precision precision) {
  GroupSpec group;
  group.shape = mlp_spec(model, dataset.features(), dataset.classes, precision);
  group.epochs = model.epochs;
  group.shuffle = model.shuffle;
  return group;
}

}  // namespace gpu_sweep
