// Placement of the three splits of a data set in the read-only memory of a lane.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "kernels/batch/input_format.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

struct SplitLayout {
  int rows = 0;   ///< N
  Tensor pixels;  ///< [N, D] of DatasetLayout::inputs.type
  Tensor labels;  ///< [N] u8
};

struct DatasetLayout {
  int features = 0;  ///< D
  int classes = 0;   ///< K
  InputFormat inputs;
  std::array<SplitLayout, 3> splits;       ///< by Split
  std::vector<std::int64_t> label_counts;  ///< [K] rows of each class in the training split
  std::uint64_t bytes = 0;

  const SplitLayout& operator[](Split split) const { return splits[static_cast<std::size_t>(split)]; }
};

/// Lays out the data set. Tensors start at multiples of 256 bytes.
DatasetLayout dataset_layout(const Dataset& dataset);

/// Returns the `layout.bytes` bytes to upload, with zeros in the gaps.
std::vector<std::byte> pack(const Dataset& dataset, const DatasetLayout& layout);

}  // namespace gpu_sweep
