// Small data sets and their layouts for tests, generated in code.
#pragma once

#include <cstdint>

#include "engine/data/dataset_layout.h"
#include "engine/data/synthetic_dataset.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep::test {

/// Calls gpu_sweep::synthetic_dataset, and adds hashes that identify the data set.
inline Dataset synthetic_dataset(int train_rows, int validation_rows, int test_rows, int side = 6,
                                 int classes = 4) {
  Dataset dataset =
      gpu_sweep::synthetic_dataset(train_rows, validation_rows, test_rows, side, classes, /*seed=*/1);
  dataset.sha256 = {"a", "b", "c", "d"};
  return dataset;
}

/// Returns the layout of a data set with these sizes, for tests that need no values.
inline DatasetLayout layout_of_sizes(int features, int classes, int train_rows, int validation_rows,
                                     int test_rows) {
  DatasetLayout layout;
  layout.features = features;
  layout.classes = classes;
  const int rows[] = {train_rows, validation_rows, test_rows};
  for (std::size_t s = 0; s < 3; ++s) {
    SplitLayout& split = layout.splits[s];
    split.rows = rows[s];
    auto take = [&](std::uint64_t bytes) {
      const Tensor tensor{Space::kDataset, layout.bytes, 0};
      layout.bytes += (bytes + 255) / 256 * 256;
      return tensor;
    };
    split.pixels = take(size_of(layout.inputs.type) * static_cast<std::uint64_t>(split.rows) *
                        static_cast<std::uint64_t>(features));
    split.labels = take(static_cast<std::uint64_t>(split.rows));
  }
  return layout;
}

}  // namespace gpu_sweep::test
