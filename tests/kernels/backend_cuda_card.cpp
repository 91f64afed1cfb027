// The kernels on a card: device 0, if there is one.
#include "tests/kernels/backend.h"
#include "tests/kernels/cuda_device.h"

namespace gpu_sweep::test {

void begin_schedule(int /*schedule*/) {}
std::vector<std::string> take_violations() { return {}; }

namespace backend {

std::string name() { return "cuda"; }

std::string missing() {
  int devices = 0;
  const cudaError_t status = cudaGetDeviceCount(&devices);
  if (status != cudaSuccess) return std::string("no CUDA device: ") + cudaGetErrorString(status);
  return devices > 0 ? "" : "no CUDA device";
}

int schedules() { return 3; }
std::size_t most_cases() { return 1000; }

}  // namespace backend
}  // namespace gpu_sweep::test
