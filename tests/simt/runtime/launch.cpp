// Kernel launches. A launch checks its limits immediately. Its blocks run when its turn in the stream comes.
#include <cuda_runtime.h>

#include <numeric>

#include "tests/simt/runtime/device.h"
#include "tests/simt/runtime/limits.h"
#include "tests/simt/runtime/sanitizer.h"
#include "tests/simt/runtime/shared_memory.h"
#include "tests/simt/runtime/symbols.h"

uint3 blockIdx;
dim3 blockDim;
dim3 gridDim;

namespace simt {

namespace {

struct Launch {
  const void* function;
  dim3 grid;
  dim3 block;
  std::size_t dynamic_bytes;
  std::function<void()> body;
};

bool within_limits(const Launch& launch) {
  const dim3& grid = launch.grid;
  const dim3& block = launch.block;
  const bool positive =
      grid.x != 0 && grid.y != 0 && grid.z != 0 && block.x != 0 && block.y != 0 && block.z != 0;
  return positive && grid.x <= kMaxGridX && grid.y <= kMaxGridYz && grid.z <= kMaxGridYz &&
         block.x <= kMaxThreads && block.y <= kMaxThreads && block.z <= kMaxBlockZ &&
         std::size_t{block.x} * block.y * block.z <= kMaxThreads;
}

std::string run_block(const Launch& launch, std::uint64_t index, const SharedMemory& static_memory,
                      char* launch_sync, char* join_sync) {
  const dim3& grid = launch.grid;
  blockIdx = {static_cast<unsigned>(index % grid.x), static_cast<unsigned>(index / grid.x % grid.y),
              static_cast<unsigned>(index / grid.x / grid.y)};
  poison_shared_memory(static_memory, launch.dynamic_bytes);
  Block block(launch.body, launch.block, device().fibers, device().random);
  std::string error = block.run(launch_sync, join_sync);
  return error.empty() ? check_shared_memory(static_memory, launch.dynamic_bytes) : error;
}

/// Runs the blocks in random order, until one has an error.
void run_grid(const Launch& launch) {
  Device& on = device();
  bool in_program = false;
  const SharedMemory static_memory = static_shared_memory(launch.function, &in_program);
  if (in_program) {
    on.violations.fail(cudaErrorInvalidDeviceFunction, "device code must be in a shared library of its own");
    return;
  }
  blockDim = launch.block;
  gridDim = launch.grid;
  std::vector<std::uint64_t> order(std::uint64_t{launch.grid.x} * launch.grid.y * launch.grid.z);
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  on.random.shuffle(order, order.size());
  // The start of the launch is ordered before every thread, and every thread is ordered before the end of the
  // launch. The launch imposes no order among the threads.
  const auto syncs = std::make_unique<std::array<char, 2>>();
  sanitizer::release(&(*syncs)[0]);
  for (const std::uint64_t index : order) {
    const std::string error = run_block(launch, index, static_memory, &(*syncs)[0], &(*syncs)[1]);
    if (error.empty()) continue;
    on.violations.fail(cudaErrorLaunchFailure,
                       function_name(launch.function) + ": block (" + std::to_string(blockIdx.x) + ", " +
                           std::to_string(blockIdx.y) + ", " + std::to_string(blockIdx.z) + "): " + error);
    break;
  }
  sanitizer::acquire(&(*syncs)[1]);
  on.threads_run += order.size() * launch.block.x * launch.block.y * launch.block.z;
  on.memory.check_guards(function_name(launch.function), on.violations);
}

}  // namespace

cudaError_t launch(const cudaLaunchConfig_t& config, const void* function, std::size_t argument_bytes,
                   std::function<void()> body) {
  Device& on = device();
  const std::lock_guard lock(on.mutex);
  if (const cudaError_t error = on.check_stream(config.stream, "a kernel launch")) return result(error);
  if (const cudaError_t error = on.check_current(config.stream, "a kernel launch")) return result(error);
  if (config.numAttrs != 0) return result(cudaErrorNotSupported);
  Launch made{function, config.gridDim, config.blockDim, config.dynamicSmemBytes, std::move(body)};
  if (!within_limits(made) || argument_bytes > kMaxParameterBytes)
    return result(cudaErrorInvalidConfiguration);
  KernelInfo& kernel = on.kernels[function];
  if (made.dynamic_bytes > kernel.dynamic_shared_limit) return result(cudaErrorInvalidValue);
  if (on.capturing(config.stream) && !kernel.loaded) {
    on.violations.report(function_name(function) +
                         " is first used, and so loaded, while a stream is being captured");
    config.stream->capture->invalidated = true;
    return result(cudaErrorStreamCaptureUnsupported);
  }
  if (!kernel.loaded && !on.capturing(config.stream)) {
    if (const cudaError_t error = on.check_not_capturing("first use of a kernel")) return result(error);
  }
  kernel.loaded = true;
  auto work = std::make_shared<Work>();
  work->function = function;
  work->run = [made = std::move(made)] { run_grid(made); };
  return result(on.submit(config.stream, std::move(work)));
}

}  // namespace simt

cudaError_t cudaFuncSetAttribute(const void* function, cudaFuncAttribute attribute, int value) {
  const std::lock_guard lock(simt::device().mutex);
  simt::KernelInfo& kernel = simt::device().kernels[function];
  kernel.loaded = true;
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize) return simt::result(cudaSuccess);
  if (value < 0 || static_cast<std::size_t>(value) > simt::kDynamicSharedLimit) {
    return simt::result(cudaErrorInvalidValue);
  }
  kernel.dynamic_shared_limit = static_cast<std::size_t>(value);
  return simt::result(cudaSuccess);
}

/// As on hardware, the name that it returns is mangled.
cudaError_t cudaFuncGetName(const char** name, const void* function) {
  const std::lock_guard lock(simt::device().mutex);
  simt::KernelInfo& kernel = simt::device().kernels[function];
  if (kernel.name.empty()) kernel.name = simt::symbol_of(function);
  *name = kernel.name.c_str();
  return simt::result(cudaSuccess);
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* function) {
  const std::lock_guard lock(simt::device().mutex);
  simt::KernelInfo& kernel = simt::device().kernels[function];
  kernel.loaded = true;
  *attributes = {};
  attributes->maxThreadsPerBlock = simt::kMaxThreads;
  attributes->numRegs = 32;
  attributes->ptxVersion = attributes->binaryVersion = 75;
  attributes->maxDynamicSharedSizeBytes = static_cast<int>(kernel.dynamic_shared_limit);
  return simt::result(cudaSuccess);
}
