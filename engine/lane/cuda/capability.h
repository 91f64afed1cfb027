// Determines for which cards this library has code.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep::cuda {

/// Returns "9.0" for 90 (10 * major + minor).
std::string capability_text(int capability);

/// Returns whether code built for `architectures` runs on a card of compute capability `capability`.
/// `architectures` is a list of words, separated by blanks, as in CMAKE_CUDA_ARCHITECTURES.
/// "75-real" is machine code, which also runs on newer cards of the same major version. "90-virtual" is PTX,
/// which the driver compiles for any card of 9.0 or newer. "90" stands for both. "90a" runs on 9.0 only, and
/// "100f" on the 10.x family. Words without a number ("all", "native") count as code for every card.
bool has_code_for(std::string_view architectures, int capability);

/// Returns a reason such as "compute capability 7.0, this build has code for 7.5, 9.0 and newer". Returns an
/// empty string if there is code for `capability`.
std::string why_no_code(std::string_view architectures, int capability);

}  // namespace gpu_sweep::cuda
