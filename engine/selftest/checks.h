// The checks of a self-test, in the order in which they run. Each returns a result or throws. Private to the
// self-test (selftest.h).
#pragma once

#include <algorithm>
#include <array>
#include <iterator>

#include "engine/selftest/selftest.h"

namespace gpu_sweep {

struct Variant {
  Activation activation;
  OptimizerKind optimizer;
  bool settings =
      false;  ///< with a schedule, weight decay, L2 penalty, clipping, class weights, label smoothing
};

/// Pairs of an activation and an optimizer, such that every activation and every optimizer occurs at least
/// once. Pairs whose optimizer occurs for the second time also have all other settings.
inline constexpr auto kVariants = [] {
  constexpr std::size_t kCount = std::max(std::size(kActivations), std::size(kOptimizers));
  std::array<Variant, kCount> variants{};
  for (std::size_t i = 0; i < kCount; ++i) {
    variants[i] = {kActivations[i % std::size(kActivations)], kOptimizers[i % std::size(kOptimizers)],
                   i >= std::size(kOptimizers)};
  }
  return variants;
}();

/// Checks the three products of a dense layer on integers for which every sum is exact, with few and with
/// many replicas. Checks the forward product also with one input that all replicas share.
SelftestResult check_products(const SelftestSubject& subject, Precision precision);

/// Checks every operation of the start of an epoch, of two training steps (the second with a short batch) and
/// of an evaluation, one by one against double precision, with each activation and each optimizer.
SelftestResult check_operations(const SelftestSubject& subject, Precision precision);

/// Runs the check that precedes every sweep (device_check.h), with each activation and each optimizer.
SelftestResult check_before_training(const SelftestSubject& subject, Precision precision);

/// Check that the sample order of every replica and the dropout masks of a step equal the CPU's bit for bit.
SelftestResult check_order(const SelftestSubject& subject);
SelftestResult check_masks(const SelftestSubject& subject);

/// Check that a run's results are equal bit for bit: op by op and in replayed graphs (check_replay), in the
/// first and the last replica of a group (check_places; only the order of a library's sums may differ), and
/// on one lane and on two at the same time (check_lanes).
SelftestResult check_replay(const SelftestSubject& subject, Precision precision);
SelftestResult check_places(const SelftestSubject& subject, Precision precision);
SelftestResult check_lanes(const SelftestSubject& subject, Precision precision);

/// Trains about 200 steps with dropout and compares the loss of every epoch with that of the CPU lane in
/// fp32. The relative difference may be at most 1e-3 in fp32, 2e-2 in tf32 and 3e-2 in bf16.
SelftestResult check_training(const SelftestSubject& subject, Precision precision);

/// Checks the number of nodes in a training step's graph for L = 1 to 5 hidden layers. The step must have at
/// most 5 L + 6 operations with one node each, except that a product that the library splits may have up to
/// three. Passes on a lane without graphs.
SelftestResult check_nodes(const SelftestSubject& subject);

/// Measures the time of a step of a model with one hidden layer, and reports the bytes and FLOPs that its
/// plan counts. Always passes.
SelftestResult measure_speed(const SelftestSubject& subject, Precision precision);

}  // namespace gpu_sweep
