// Small greyscale images inside a page.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace gpu_sweep {

/// `pixels` [height, width] as a PNG. Throws std::runtime_error where libpng fails.
std::string grey_png(std::span<const std::uint8_t> pixels, int width, int height);

/// "data:image/png;base64,..."
std::string png_data_uri(std::string_view png);

}  // namespace gpu_sweep
