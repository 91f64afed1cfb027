// For which cards this library has code.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep::cuda {

/// "9.0" of 90 = 10 * major + minor.
std::string capability_text(int capability);

/// Whether code that was built for `architectures` runs on a card of compute capability `capability`. The
/// words are CMake's (CMAKE_CUDA_ARCHITECTURES), with blanks between them: "75-real" is machine code, which
/// newer cards of the same major number run, too; "90-virtual" is PTX, from which the driver makes code for
/// every newer card; "90" is both. "90a" is for 9.0 alone, "100f" for the family 10.x. Words without a number
/// ("all", "native") promise any card.
bool has_code_for(std::string_view architectures, int capability);

/// "compute capability 7.0, this build has code for 7.5, 9.0 and newer", or nothing where it has code for
/// `capability`.
std::string why_no_code(std::string_view architectures, int capability);

}  // namespace gpu_sweep::cuda
