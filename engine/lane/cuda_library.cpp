// What libgpu_sweep_cuda.so exports: the one symbol that load_backend looks for.
#include "engine/lane/cuda_device.h"
#include "engine/lane/cuda_lane.h"

extern "C" __attribute__((visibility("default"))) const gpu_sweep::LaneLibrary* gpu_sweep_lane_library() {
  static const gpu_sweep::LaneLibrary library = {gpu_sweep::LaneLibrary::kVersion,
                                                 gpu_sweep::cuda::list_devices, gpu_sweep::cuda::make_lane};
  return &library;
}
