// The activation functions a hidden layer may have.
#pragma once

#include <cstdint>

namespace gpu_sweep {

enum class Activation : std::uint8_t { kRelu, kSigmoid, kTanh };

}  // namespace gpu_sweep
