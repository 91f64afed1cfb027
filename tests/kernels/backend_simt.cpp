// The stand-in for a card: each case runs under many schedules of blocks, warps, lanes and streams.
#include <algorithm>
#include <cstdlib>

#include "tests/kernels/backend.h"
#include "tests/kernels/cuda_device.h"
#include "tests/simt/simt.h"

namespace gpu_sweep::test {

void begin_schedule(int schedule) { simt::set_seed(static_cast<std::uint64_t>(schedule) + 1); }
std::vector<std::string> take_violations() { return simt::take_violations(); }

namespace backend {

std::string name() { return "simt"; }
std::string missing() { return {}; }

/// 20, or what GPU_SWEEP_SCHEDULES says: the thread sanitizer's list takes two.
int schedules() {
  const char* wanted = std::getenv("GPU_SWEEP_SCHEDULES");
  return wanted ? std::max(1, std::atoi(wanted)) : 20;
}

}  // namespace backend
}  // namespace gpu_sweep::test
