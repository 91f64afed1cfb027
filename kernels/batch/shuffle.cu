#include <algorithm>
#include <bit>
#include <cub/device/device_radix_sort.cuh>
#include <limits>
#include <stdexcept>
#include <string>

#include "kernels/batch/shuffle.h"
#include "kernels/common/launch.cuh"
#include "kernels/common/philox.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cuda {
namespace {

/// A range of replicas whose rows are ordered by one radix sort. The 64-bit keys of the sort are
/// replica | Philox word (32 bits) | index. A group of replicas needs several turns if the bits of replica
/// and index do not fit into the 32 bits beside the word, or if the number of keys does not fit into an int.
struct Turn {
  Shuffle op;
  int first_replica = 0;
  int replicas = 1;
  int index_bits = 0;
  std::uint64_t* keys = nullptr;    ///< [replicas, N]
  std::uint64_t* sorted = nullptr;  ///< [replicas, N]
};

int bits_below(int values) { return std::bit_width(static_cast<unsigned>(values - 1)); }

int replicas_a_turn(int replicas, int rows) {
  const std::int64_t by_bits = std::int64_t{1} << (32 - bits_below(rows));
  const std::int64_t by_count = std::numeric_limits<int>::max() / rows;
  return static_cast<int>(std::min({std::int64_t{replicas}, by_bits, by_count}));
}

std::uint64_t keys_bytes(int replicas_a_turn, int rows) {
  const std::uint64_t bytes = sizeof(std::uint64_t) * static_cast<std::uint64_t>(replicas_a_turn) * rows;
  return (bytes + 255) / 256 * 256;
}

/// keys[r, i] = r | Philox word of index i | i. A thread draws one Philox block, which has the words of four
/// neighboring indices.
__global__ __launch_bounds__(kBlockThreads) void draw_keys(Turn turn, Memory memory, int first) {
  const int r = replica_of_block(first);
  const auto rows = static_cast<std::uint32_t>(turn.op.rows);
  const std::uint32_t quad = blockIdx.x * blockDim.x + threadIdx.x;
  const std::uint64_t seed =
      read<ReplicaState>(memory, turn.op.replica_state, turn.first_replica + r)->order_seed;
  const std::uint32_t epoch = read<StepState>(memory, turn.op.state, 0)->epoch;
  std::uint64_t* keys = turn.keys + static_cast<std::size_t>(r) * rows;
  const PhiloxBlock random = philox_block(seed, Purpose::kShuffle, 0, epoch, quad);
  for (std::uint32_t k = 0; k < 4; ++k) {
    const std::uint32_t i = 4 * quad + k;
    if (i < rows) keys[i] = (static_cast<std::uint64_t>(r) << 32 | random.word[k]) << turn.index_bits | i;
  }
}

/// order[r, i] = the index in the i-th key of replica r after sorting.
__global__ __launch_bounds__(kBlockThreads) void take_indices(Turn turn, Memory memory, int first) {
  const int r = replica_of_block(first);
  const auto rows = static_cast<std::uint32_t>(turn.op.rows);
  const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= rows) return;
  const std::uint64_t key = turn.sorted[static_cast<std::size_t>(r) * rows + i];
  const std::uint64_t index = key & ((std::uint64_t{1} << turn.index_bits) - 1);
  write<std::uint32_t>(memory, turn.op.order, turn.first_replica + r)[i] = static_cast<std::uint32_t>(index);
}

/// Throws std::invalid_argument for scratch memory that is too small. The required size in its message
/// comes from CUB, which must not be queried during a capture. `execute` may run during a capture, so it
/// asks for this size only here, after it has failed.
[[noreturn]] void refuse_scratch(const Shuffle& op) {
  throw std::invalid_argument("shuffle: found " + std::to_string(op.scratch_bytes) +
                              " bytes of scratch, expected " +
                              std::to_string(shuffle_scratch_bytes(op.replicas, op.rows)));
}

}  // namespace

std::uint64_t shuffle_scratch_bytes(int replicas, int rows) {
  const int together = replicas_a_turn(replicas, rows);
  std::size_t sort_bytes = 0;
  check_cuda(cub::DeviceRadixSort::SortKeys(nullptr, sort_bytes, static_cast<const std::uint64_t*>(nullptr),
                                            static_cast<std::uint64_t*>(nullptr), together * rows, 0, 64),
             "shuffle: size of the scratch");
  return 2 * keys_bytes(together, rows) + sort_bytes;
}

void execute(const Shuffle& op, const Memory& memory, Queue& queue) {
  const int together = replicas_a_turn(op.replicas, op.rows);
  const std::uint64_t key_bytes = keys_bytes(together, op.rows);
  if (op.scratch_bytes <= 2 * key_bytes) refuse_scratch(op);
  std::byte* scratch = write<std::byte>(memory, op.scratch, 0);
  std::byte* sort_scratch = scratch + 2 * key_bytes;
  std::size_t sort_bytes = op.scratch_bytes - 2 * key_bytes;
  for (int first = 0; first < op.replicas; first += together) {
    Turn turn = {op, first, std::min(together, op.replicas - first), bits_below(op.rows)};
    turn.keys = reinterpret_cast<std::uint64_t*>(scratch);
    turn.sorted = reinterpret_cast<std::uint64_t*>(scratch + key_bytes);
    launch_replicas("shuffle", queue, ceil_divide(op.rows, 4 * kBlockThreads), kBlockThreads, draw_keys, turn,
                    memory);
    // The keys are generated in the order of their indices and the sort is stable, so the sort can skip the
    // index bits.
    const int begin_bit = turn.index_bits;
    const int end_bit = begin_bit + 32 + bits_below(turn.replicas);
    const cudaError_t status = cub::DeviceRadixSort::SortKeys(
        sort_scratch, sort_bytes, static_cast<const std::uint64_t*>(turn.keys), turn.sorted,
        turn.replicas * op.rows, begin_bit, end_bit, queue.stream);
    if (status == cudaErrorInvalidValue) refuse_scratch(op);
    check_cuda(status, "shuffle: sort");
    launch_replicas("shuffle", queue, ceil_divide(op.rows, kBlockThreads), kBlockThreads, take_indices, turn,
                    memory);
  }
}

}  // namespace gpu_sweep::cuda
