// The start of a pass over a split: an epoch of training, or one evaluation.
#pragma once

#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// state.cursor = 0; metrics[r] = 0; with `begins_epoch`, state.epoch += 1; with `clear_confusion`,
/// confusion[r] = 0.
struct BeginPass {
  int replicas = 1;
  int classes = 0;  ///< K
  bool begins_epoch = false;
  bool clear_confusion = false;  ///< false: `confusion` is not touched
  Tensor state;                  ///< [1] StepState, updated
  Tensor metrics;                ///< [R] Metrics, written
  Tensor confusion;              ///< [R, K, K] u32, written
};

namespace cpu {
void execute(const BeginPass& op, const Memory& memory);
}
namespace cuda {
void execute(const BeginPass& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
