// Oracle of one row of the output layer: log-softmax, cross-entropy and its gradient.
#pragma once

#include <vector>

#include "reference/bounded.h"

namespace gpu_sweep::reference {

struct SoftmaxOracle {
  int argmax = 0;  ///< of logit + bias rounded once to fp32; the lowest class on ties
  Bounded loss;
  std::vector<Bounded> probability;  ///< [K]
  std::vector<Bounded> gradient;     ///< [K] d loss / d logit / valid
};

/// `logits` and `bias` have K values. The gradient is that of the mean loss of `valid` rows.
inline SoftmaxOracle softmax_cross_entropy(const double* logits, const double* bias, int classes, int label,
                                           int valid) {
  std::vector<Bounded> l, exponentials;
  for (int k = 0; k < classes; ++k) l.push_back(Bounded(logits[k]) + Bounded(bias[k]));
  SoftmaxOracle oracle;
  const auto in_fp32 = [&](int k) { return static_cast<float>(logits[k]) + static_cast<float>(bias[k]); };
  for (int k = 1; k < classes; ++k) {
    if (in_fp32(k) > in_fp32(oracle.argmax)) oracle.argmax = k;
  }
  const Bounded highest = l[oracle.argmax];
  for (const Bounded& logit : l) exponentials.push_back(exp(logit - highest));
  const Bounded total = sum(exponentials);
  oracle.loss = log(total) - (l[label] - highest);
  for (int k = 0; k < classes; ++k) {
    const Bounded p = exponentials[k] / total;
    oracle.probability.push_back(p);
    oracle.gradient.push_back((p - Bounded(k == label ? 1.0 : 0.0)) / Bounded(valid));
  }
  return oracle;
}

}  // namespace gpu_sweep::reference
