// A data set that has sizes and hashes, but no images. This is enough for planning runs and for naming them.
#pragma once

#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

inline Dataset small_dataset(int train_rows = 100) {
  Dataset dataset;
  dataset.height = dataset.width = 28;
  dataset.classes = 10;
  dataset.splits[0].rows = train_rows;
  dataset.splits[1].rows = 20;
  dataset.splits[2].rows = 20;
  dataset.sha256 = {"a", "b", "c", "d"};
  return dataset;
}

}  // namespace gpu_sweep
