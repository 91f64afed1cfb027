// Defines gpu_sweep_lane_library, the function that load_backend looks up in libgpu_sweep_cuda.so.
#include <cuda_runtime_api.h>

#include "engine/lane/cuda/device.h"
#include "engine/lane/cuda/lane.h"
#include "engine/lane/lane.h"
#include "engine/lane/lane_library.h"

namespace gpu_sweep::cuda {
namespace {

std::string built_with() {
  return "CUDA " + std::to_string(CUDART_VERSION / 1000) + "." + std::to_string(CUDART_VERSION % 1000 / 10);
}

MakeLane lane_maker() {
  return [maker = std::make_shared<LaneMaker>()](int ordinal, const LaneOptions& options) {
    return maker->make(ordinal, options);
  };
}

}  // namespace
}  // namespace gpu_sweep::cuda

extern "C" __attribute__((visibility("default"))) const gpu_sweep::LaneLibrary* gpu_sweep_lane_library() {
  static const gpu_sweep::LaneLibrary library = {gpu_sweep::LaneLibrary::kVersion,
                                                 gpu_sweep::cuda::built_with, gpu_sweep::cuda::list_devices,
                                                 gpu_sweep::cuda::lane_maker};
  return &library;
}
