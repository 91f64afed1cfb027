// Advice for a driver that is too old for this lane's CUDA runtime.
#pragma once

#include <filesystem>
#include <string>

namespace gpu_sweep::cuda {

/// Returns "13.2" for CUDA's number 13020.
std::string version_text(int number);

/// Returns one line that says why the CUDA runtime of version `runtime` does not start, and how to fix this.
/// The reason is that the driver is for CUDA `driver`, an older major version. If that is CUDA 12.0 or newer,
/// the fix is a lane built with a toolkit of the driver's own major version, because every driver of that
/// major version runs its machine code (NVIDIA, "CUDA Compatibility"). If `program`, the running executable,
/// belongs to a bundle with bin/rebuild_cuda_lane, the line names this command.
std::string why_driver_is_too_old(int driver, int runtime, const std::filesystem::path& program);

}  // namespace gpu_sweep::cuda
