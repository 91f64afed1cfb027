// What to do about a driver that is too old for this lane's CUDA runtime.
#pragma once

#include <filesystem>
#include <string>

namespace gpu_sweep::cuda {

/// Returns "13.2" for CUDA's number 13020.
std::string version_text(int number);

/// Returns one line that says why the CUDA runtime of version `runtime` does not start with a driver for CUDA
/// `driver`, an older major version, and how to fix this. From CUDA 12.0 on, the fix is a lane built with a
/// toolkit of the driver's own major version, whose machine code any driver of that version runs (NVIDIA,
/// "CUDA Compatibility"). If `program`, the running executable, belongs to a bundle with
/// bin/rebuild_cuda_lane, the line names that command.
std::string why_driver_is_too_old(int driver, int runtime, const std::filesystem::path& program);

}  // namespace gpu_sweep::cuda
