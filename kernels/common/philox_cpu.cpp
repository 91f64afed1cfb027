#include "kernels/common/philox_cpu.h"

#include <algorithm>

#include "kernels/common/cpu_clones.h"

namespace gpu_sweep::cpu {
namespace {

constexpr int kLanes = 64;  // counters computed side by side: they fit into the L1 cache but are not unrolled

/// Philox4x32-10 (Salmon et al. 2011) on kLanes consecutive quads. Each round loops over all counters so that
/// it vectorizes; Random123 finishes one counter at a time. A test compares the two.
GPU_SWEEP_CPU_CLONES void philox_lanes(std::uint64_t seed, std::uint32_t purpose, std::uint32_t layer,
                                       std::uint32_t step, std::uint32_t first_quad,
                                       std::uint32_t* __restrict__ words) {
  std::uint32_t c0[kLanes], c1[kLanes], c2[kLanes], c3[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    c0[i] = purpose;
    c1[i] = layer;
    c2[i] = step;
    c3[i] = first_quad + static_cast<std::uint32_t>(i);
  }
  auto k0 = static_cast<std::uint32_t>(seed);
  auto k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < kLanes; ++i) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c0[i];
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57u} * c2[i];
      c0[i] = static_cast<std::uint32_t>(p1 >> 32) ^ c1[i] ^ k0;
      c1[i] = static_cast<std::uint32_t>(p1);
      c2[i] = static_cast<std::uint32_t>(p0 >> 32) ^ c3[i] ^ k1;
      c3[i] = static_cast<std::uint32_t>(p0);
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (int i = 0; i < kLanes; ++i) {
    words[4 * i] = c0[i];
    words[4 * i + 1] = c1[i];
    words[4 * i + 2] = c2[i];
    words[4 * i + 3] = c3[i];
  }
}

}  // namespace

void philox_words(std::uint64_t seed, Purpose purpose, std::uint32_t layer, std::uint32_t step,
                  std::uint32_t first, int count, std::uint32_t* words) {
  const std::uint32_t skip = first % 4;
  std::uint32_t quad = first / 4;
  const bool whole = skip == 0 && count % (4 * kLanes) == 0;
  std::uint32_t tile[4 * kLanes];
  for (int done = 0; done < count; quad += kLanes) {
    if (whole) {
      philox_lanes(seed, static_cast<std::uint32_t>(purpose), layer, step, quad, words + done);
      done += 4 * kLanes;
      continue;
    }
    philox_lanes(seed, static_cast<std::uint32_t>(purpose), layer, step, quad, tile);
    const int from = done == 0 ? static_cast<int>(skip) : 0;
    const int taken = std::min(4 * kLanes - from, count - done);
    std::copy_n(tile + from, taken, words + done);
    done += taken;
  }
}

}  // namespace gpu_sweep::cpu
