// Draws the order of each replica's training rows for an epoch.
#pragma once

#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// order[r, :] = the indices 0..N-1 sorted by (Philox word of the index, index). The word of index e is drawn
/// at (purpose shuffle, layer 0, step = state.epoch, element e), with the replica's order seed as the key.
/// The order is exactly the same on every device. It depends only on N, the order seed and the epoch, so runs
/// of different models with equal seeds have the same order. `execute` throws std::invalid_argument if the
/// scratch memory is too small.
struct Shuffle {
  int replicas = 1;
  int rows = 0;                     ///< N, below 2^31
  std::uint64_t scratch_bytes = 0;  ///< size of `scratch`, for all replicas together
  Tensor replica_state;             ///< [R] ReplicaState: order_seed
  Tensor state;                     ///< [1] StepState: epoch
  Tensor order;                     ///< [R, N] u32, written
  Tensor scratch;                   ///< overwritten; shared by the replicas (replica stride 0)
};

namespace cpu {
/// Returns the bytes of scratch that `execute` needs: two u64 keys per row, for one replica at a time.
std::uint64_t shuffle_scratch_bytes(int replicas, int rows);
void execute(const Shuffle& op, const Memory& memory);
}  // namespace cpu
namespace cuda {
/// Returns the bytes of scratch that `execute` needs: two arrays of u64 keys (replica | word | index), one
/// unsorted and one sorted, and CUB's temporary storage. Queries the current device and may load code, so it
/// must not be called during a capture.
std::uint64_t shuffle_scratch_bytes(int replicas, int rows);
void execute(const Shuffle& op, const Memory& memory, Queue& queue);
}  // namespace cuda

}  // namespace gpu_sweep
