// File name under which --save-weights stores the weights of a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace gpu_sweep {

/// Returns directory/"MODEL, seed N.npz", with the model's name encoded by file_name(): no two models share a
/// file.
std::filesystem::path weights_path(const std::filesystem::path& directory, const std::string& model,
                                   std::uint64_t seed);

}  // namespace gpu_sweep
