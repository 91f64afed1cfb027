// One row of the output layer on the CPU: what training and evaluation compute alike.
#pragma once

#include <cmath>

namespace gpu_sweep::cpu {

struct SoftmaxRow {
  int argmax = 0;  ///< lowest class on ties
  float loss = 0;  ///< -log softmax(l)[label]
  float sum = 0;   ///< of the exponentials
};

/// Log-softmax of l = logits + bias over K classes in the stable form; leaves exp(l - max l) in
/// `exponentials` [K].
inline SoftmaxRow softmax_row(const float* logits, const float* bias, int classes, int label,
                              float* exponentials) {
  SoftmaxRow row;
  float highest = logits[0] + bias[0];
  for (int k = 0; k < classes; ++k) {
    const float l = logits[k] + bias[k];
    exponentials[k] = l;
    if (l > highest) {
      highest = l;
      row.argmax = k;
    }
  }
  const float label_logit = exponentials[label];
  for (int k = 0; k < classes; ++k) {
    exponentials[k] = std::exp(exponentials[k] - highest);
    row.sum += exponentials[k];
  }
  row.loss = std::log(row.sum) - (label_logit - highest);
  return row;
}

}  // namespace gpu_sweep::cpu
