// The weights of one network, without padding, as users see them.
#pragma once

#include <cstdint>
#include <vector>

#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep {

struct DenseWeights {
  int inputs = 0;             ///< I
  int outputs = 0;            ///< O
  std::vector<float> kernel;  ///< [I, O]
  std::vector<float> bias;    ///< [O]

  friend bool operator==(const DenseWeights&, const DenseWeights&) = default;
};

using Weights = std::vector<DenseWeights>;  ///< hidden layers, then the output layer

/// Returns Glorot-uniform kernels in [-L, L), L = sqrt(6 / (I + O)), and zero biases
/// (docs/what_is_computed.md). Element e = row * O + column of layer l is (2 u - 1) * L, where u is the
/// uniform number in [0, 1) that Philox gives for purpose "initialize", layer l, step 0 and element e.
Weights initial_weights(const MlpSpec& spec, std::uint64_t seed);

}  // namespace gpu_sweep
