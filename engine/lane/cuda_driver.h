// What to do about a driver that this lane's CUDA runtime does not start with.
#pragma once

#include <filesystem>
#include <string>

namespace gpu_sweep::cuda {

/// "13.2" of CUDA's number 13020.
std::string version_text(int number);

/// Why the CUDA runtime of version `runtime` does not start with a driver that has CUDA `driver`, an older
/// major version, and what helps, in one line. From CUDA 12.0 on that is a lane built with a toolkit of the
/// driver's own major version: any driver of that version takes its machine code (NVIDIA, "CUDA
/// Compatibility"). Where `program`, the running executable, is a bundle's with bin/rebuild_cuda_lane, the
/// line names that command.
std::string why_driver_is_too_old(int driver, int runtime, const std::filesystem::path& program);

}  // namespace gpu_sweep::cuda
