// The loss of a whole multi-layer perceptron on a batch, in double precision. Gradients are computed as
// differences of losses, so that the oracle needs no formulas of derivatives.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "reference/activation.h"
#include "reference/philox.h"

namespace gpu_sweep::reference {

struct Dense {
  int inputs = 0, outputs = 0;
  std::vector<double> kernel;  ///< [inputs, outputs]
  std::vector<double> bias;    ///< [outputs]
};

/// One batch: the elements [rows, features] as the data set stores them, the labels, and the settings of
/// dropout and loss. An input of the network is scale * element.
struct Batch {
  double scale = 1;
  std::vector<std::vector<double>> pixels;
  std::vector<int> labels;
  double dropout = 0;
  std::uint64_t seed = 0;
  std::uint32_t step = 0;
  double smoothing = 0;               ///< part of each label that is spread evenly over all classes
  std::vector<double> class_weights;  ///< [K] weight of a row by its class; empty: all 1
  double l2 = 0;                      ///< factor of half the sum of the squares of all parameters
};

/// Returns the objective of the batch: the sum of the weighted cross-entropies divided by the number of rows,
/// plus the L2 penalty.
inline double mlp_loss(const std::vector<Dense>& layers, Activation activation, const Batch& batch) {
  double loss = 0;
  for (std::size_t row = 0; row < batch.labels.size(); ++row) {
    std::vector<double> a;
    for (const double pixel : batch.pixels[row]) a.push_back(pixel * batch.scale);
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const Dense& dense = layers[l];
      std::vector<double> z = dense.bias;
      for (int o = 0; o < dense.outputs; ++o) {
        for (int i = 0; i < dense.inputs; ++i) z[o] += a[i] * dense.kernel[i * dense.outputs + o];
        if (l + 1 == layers.size()) continue;
        z[o] = activate(activation, z[o]).value;
        if (batch.dropout == 0) continue;
        const int element = static_cast<int>(row) * dense.outputs + o;
        const bool keep = dropout_keeps(batch.seed, static_cast<int>(l), batch.step, element, batch.dropout);
        z[o] = keep ? z[o] / (1 - batch.dropout) : 0;
      }
      a = z;
    }
    double highest = a[0], total = 0;
    for (const double logit : a) highest = std::fmax(highest, logit);
    for (const double logit : a) total += std::exp(logit - highest);
    const int label = batch.labels[row];
    double target_logit = (1 - batch.smoothing) * a[label];
    for (const double logit : a) target_logit += batch.smoothing * logit / static_cast<double>(a.size());
    const double weight = batch.class_weights.empty() ? 1 : batch.class_weights[label];
    loss += weight * (std::log(total) - (target_logit - highest));
  }
  double squares = 0;
  for (const Dense& dense : layers) {
    for (const double w : dense.kernel) squares += w * w;
    for (const double b : dense.bias) squares += b * b;
  }
  return loss / static_cast<double>(batch.labels.size()) + batch.l2 / 2 * squares;
}

/// Returns d loss / d `parameter`, where `parameter` is an element of `layers`. It is computed as a central
/// difference, which is accurate to about 1e-9.
inline double central_difference(double& parameter, const std::vector<Dense>& layers, Activation activation,
                                 const Batch& batch) {
  constexpr double kStep = 1e-5;
  const double at = parameter;
  parameter = at + kStep;
  const double above = mlp_loss(layers, activation, batch);
  parameter = at - kStep;
  const double below = mlp_loss(layers, activation, batch);
  parameter = at;
  return (above - below) / (2 * kStep);
}

}  // namespace gpu_sweep::reference
