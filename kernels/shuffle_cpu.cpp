#include <algorithm>

#include "kernels/philox.h"
#include "kernels/shuffle.h"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"

namespace gpu_sweep::cpu {

std::uint64_t shuffle_scratch_bytes(int /*replicas*/, int rows) {
  return 2 * sizeof(std::uint64_t) * static_cast<std::uint64_t>(rows);
}

void execute(const Shuffle& op, const Memory& memory) {
  const std::uint32_t epoch = read<StepState>(memory, op.state, 0)->epoch;
  auto* keys = write<std::uint64_t>(memory, op.scratch, 0);
  for (int r = 0; r < op.replicas; ++r) {
    const std::uint64_t seed = read<ReplicaState>(memory, op.replica_state, r)->seed;
    for (int i = 0; i < op.rows; ++i) {
      const std::uint64_t word =
          philox_word(seed, Purpose::kShuffle, 0, epoch, static_cast<std::uint32_t>(i));
      keys[i] = word << 32 | static_cast<std::uint32_t>(i);
    }
    std::sort(keys, keys + op.rows);
    auto* order = write<std::uint32_t>(memory, op.order, r);
    for (int i = 0; i < op.rows; ++i) order[i] = static_cast<std::uint32_t>(keys[i]);
  }
}

}  // namespace gpu_sweep::cpu
