// Small grayscale images inside a page.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace gpu_sweep {

/// Encodes `pixels` [height, width] as a PNG. Throws std::invalid_argument if the number of pixels is not
/// height * width, and std::runtime_error if libpng fails.
std::string grey_png(std::span<const std::uint8_t> pixels, int width, int height);

/// Returns "data:image/png;base64,...".
std::string png_data_uri(std::string_view png);

}  // namespace gpu_sweep
