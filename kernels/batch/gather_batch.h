// Gathers the rows of the next batch from the data set on the device into the input matrix of the first
// layer, converted to its element type.
#pragma once

#include "gpu_sweep/input_format.h"
#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// x[r, b, :] = pixels[row, :] and y[r, b] = labels[row] for b < valid = min(B, N - cursor).
/// Without a pool, row = order[r, cursor + b].
/// With a pool of rows that each replica divides into splits in its own way,
/// row = pool_rows[r, first + order[r, cursor + b]].
///
/// Pixels are converted to `type` but not scaled (see InputFormat). This is exact, except that floats are
/// rounded to the nearest bf16, ties to even. Rows from `valid` on and columns from D on are written as +0,
/// labels from `valid` on as 0.
struct GatherBatch {
  int replicas = 1;
  int batch = 0;                          ///< B
  int features = 0;                       ///< D
  int leading = 0;                        ///< row pitch of x in elements, >= D
  int rows = 0;                           ///< N
  int pool = 0;                           ///< rows of the pool; 0: no pool, and `pool_rows` is not read
  int first = 0;                          ///< where the N rows begin in a replica's pool_rows
  bool shuffled = true;                   ///< false: order is the identity and `order` is not read
  DType type = DType::kF32;               ///< of x
  InputType input_type = InputType::kU8;  ///< of pixels
  Tensor pixels;                          ///< [N or pool, D] of input_type, in the data set
  Tensor labels;                          ///< [N or pool] u8, in the data set
  Tensor pool_rows;                       ///< [R, pool] u32, rows of the pool
  Tensor order;                           ///< [R, N] u32
  Tensor state;                           ///< [1] StepState
  Tensor x;                               ///< [R, B, leading], written
  Tensor y;                               ///< [R, B] u8, written
};

namespace cpu {
void execute(const GatherBatch& op, const Memory& memory);
}
namespace cuda {
void execute(const GatherBatch& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
