// Oracle of one row of the output layer: log-softmax, cross-entropy and its gradient.
#pragma once

#include <vector>

#include "reference/bounded.h"

namespace gpu_sweep::reference {

struct SoftmaxOracle {
  int argmax = 0;  ///< of logit + bias rounded once to fp32; the lowest class on ties
  Bounded loss;
  Bounded objective;                 ///< `loss` with the weight and the smoothed label
  std::vector<Bounded> probability;  ///< [K]
  std::vector<Bounded> gradient;     ///< [K] (d objective / d logit) / valid
};

/// Computes one row. `logits` and `bias` have K = `classes` values. `loss` is the plain cross-entropy.
/// `objective` is `weight` times the cross-entropy with a smoothed label, of which the part `smoothing` is
/// spread evenly over all classes. `gradient` is the contribution of this row to the gradient of the mean
/// objective of `valid` rows.
inline SoftmaxOracle softmax_cross_entropy(const double* logits, const double* bias, int classes, int label,
                                           int valid, double smoothing = 0, double weight = 1) {
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
  std::vector<Bounded> distances;
  for (const Bounded& logit : l) distances.push_back(logit - highest);
  const Bounded target_logit = (Bounded(1) - Bounded(smoothing)) * distances[label] +
                               Bounded(smoothing) / Bounded(classes) * sum(distances);
  oracle.objective = Bounded(weight) * (log(total) - target_logit);
  for (int k = 0; k < classes; ++k) {
    const Bounded p = exponentials[k] / total;
    oracle.probability.push_back(p);
    const bool plain = smoothing == 0 && weight == 1;
    const Bounded other = plain ? Bounded(0) : Bounded(smoothing) / Bounded(classes);
    const Bounded own = plain ? Bounded(1) : Bounded(1) - Bounded(smoothing) + other;
    const Bounded gradient = (p - (k == label ? own : other)) / Bounded(valid);
    oracle.gradient.push_back(plain ? gradient : gradient * Bounded(weight));
  }
  return oracle;
}

}  // namespace gpu_sweep::reference
