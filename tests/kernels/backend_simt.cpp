// The stand-in for a card: each case runs under many schedules of blocks, warps, threads and streams.
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

#ifdef __SANITIZE_THREAD__
// With ThreadSanitizer, tests are a hundred times slower, but a race is reported even if the result is right.
// Few schedules are therefore enough.
constexpr int kSchedules = 2;
constexpr std::size_t kCases = 1;
#else
constexpr int kSchedules = 20;
constexpr std::size_t kCases = 12;
#endif

/// The environment variable GPU_SWEEP_SCHEDULES sets another number, for a more thorough search or a faster
/// test.
int schedules() {
  const char* wanted = std::getenv("GPU_SWEEP_SCHEDULES");
  return wanted ? std::max(1, std::atoi(wanted)) : kSchedules;
}

std::size_t most_cases() { return kCases; }

}  // namespace backend
}  // namespace gpu_sweep::test
