// The placement of the weight matrices and biases of one replica in its parameter vector. Their padding is
// decided in parameter_layout.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gpu_sweep/mlp_spec.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// The placement of one dense layer. Offsets count elements from the start of the replica's parameters.
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
  std::int64_t parameters = 0;       ///< P, including all padding
  std::int64_t true_parameters = 0;  ///< without any padding
};

/// Computes the layout. The number of features and the widths of hidden layers are rounded up to multiples of
/// 8, the number of classes to a multiple of 16, and the offset of every tensor and P to multiples of 64
/// elements. Padding and gaps are +0, and they stay +0 after any number of training steps.
ParameterLayout parameter_layout(const MlpSpec& spec);

/// Copies weights into a padded parameter vector [P], in which padding and gaps are +0. Throws
/// std::invalid_argument if the shapes differ from those in `layout`.
std::vector<float> pad_weights(const Weights& weights, const ParameterLayout& layout);

/// Copies weights out of a padded parameter vector [P]. Throws std::invalid_argument if the size of the
/// vector is not P.
Weights strip_weights(std::span<const float> parameters, const ParameterLayout& layout);

}  // namespace gpu_sweep
