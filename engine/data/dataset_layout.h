// The placement of the splits of a data set in the read-only memory of a lane.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/data/run_splits.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/input_format.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

struct SplitLayout {
  int rows = 0;   ///< N
  Tensor pixels;  ///< [N, D] of type DatasetLayout::inputs.type; with a pool [pool, D]
  Tensor labels;  ///< [N] u8; with a pool [pool]
  int pool = 0;   ///< rows of training and validation together if each run divides them anew; else 0
  int first = 0;  ///< index of the split's first row in a run's list of the pool's rows
};

struct DatasetLayout {
  int features = 0;  ///< D
  int classes = 0;   ///< K
  InputFormat inputs;
  BySplit<SplitLayout> splits;
  std::vector<std::int64_t> label_counts;       ///< [K] rows of each class in the shared training split
  std::shared_ptr<const RunSplits> run_splits;  ///< null unless each run has its own split
  std::uint64_t bytes = 0;

  int pool() const { return (*this)[Split::kTrain].pool; }  ///< 0 without a pool
  const SplitLayout& operator[](Split split) const { return splits[index_of(split)]; }
};

/// Lays out the data set. Tensors start at multiples of 256 bytes. If each run has its own split, the
/// training and validation rows are stored as a single tensor, the pool.
DatasetLayout dataset_layout(const Dataset& dataset);

/// A range of bytes of the data set, and its offset in the layout.
struct DatasetPart {
  std::uint64_t offset = 0;
  std::span<const std::byte> bytes;
};

/// Returns the inputs and labels of every split that has rows, without copying them: the parts point into
/// `dataset`. The gaps between parts need no values, because no operation reads them.
std::vector<DatasetPart> parts_of(const Dataset& dataset, const DatasetLayout& layout);

/// Returns the layout.bytes bytes to upload, with zeros in the gaps between tensors.
std::vector<std::byte> pack(const Dataset& dataset, const DatasetLayout& layout);

}  // namespace gpu_sweep
