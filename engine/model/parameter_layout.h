// Placement of each weight matrix and bias of one replica in its parameter vector. All padding is decided
// here.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gpu_sweep/mlp_spec.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// One dense layer. Offsets count elements from the start of the replica's parameters.
struct LayerLayout {
  int inputs = 0;           ///< I
  int outputs = 0;          ///< O
  int padded_inputs = 0;    ///< rows of the stored kernel
  int padded_outputs = 0;   ///< row pitch of the stored kernel, length of the stored bias
  std::int64_t kernel = 0;  ///< [padded_inputs, padded_outputs]
  std::int64_t bias = 0;    ///< [padded_outputs]
};

struct ParameterLayout {
  std::vector<LayerLayout> layers;   ///< hidden layers, then the output layer
  std::int64_t parameters = 0;       ///< P, with all padding
  std::int64_t true_parameters = 0;  ///< without any padding
};

/// Rounds feature and hidden widths up to multiples of 8, the class count to a multiple of 16, and every
/// tensor's offset and P to multiples of 64 elements. Padding and gaps are +0 and stay +0 after any number of
/// steps.
ParameterLayout parameter_layout(const MlpSpec& spec);

/// Copies weights into a padded parameter vector [P], with padding and gaps +0. Throws std::invalid_argument
/// if the shapes differ from those of `layout`.
std::vector<float> pad_weights(const Weights& weights, const ParameterLayout& layout);

/// Copies weights out of a padded parameter vector [P]. Throws std::invalid_argument if its size is not P.
Weights strip_weights(std::span<const float> parameters, const ParameterLayout& layout);

}  // namespace gpu_sweep
