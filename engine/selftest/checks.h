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
/// once. Those after the last optimizer have every other setting, too.
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
/// many replicas; the forward product also with one input that all replicas share.
SelftestResult check_products(const SelftestSubject& subject, Precision precision);

/// Checks every operation of the start of an epoch, of two training steps (the second with a short batch) and
/// of an evaluation, one by one against double precision, with each activation and each optimizer.
SelftestResult check_operations(const SelftestSubject& subject, Precision precision);

/// Runs the check that precedes every sweep (device_check.h), with each activation and each optimizer.
SelftestResult check_before_training(const SelftestSubject& subject, Precision precision);

/// Check that the sample order of every replica and the dropout masks of a step equal the CPU's bit for bit.
SelftestResult check_order(const SelftestSubject& subject);
SelftestResult check_masks(const SelftestSubject& subject);

/// Check that a run's results are equal bit for bit: executed op by op and as replayed graphs (check_replay),
/// in the first and in the last replica of a group (check_places; only the order of a library's sums may
/// differ), and on two lanes at the same time and on one (check_lanes).
SelftestResult check_replay(const SelftestSubject& subject, Precision precision);
SelftestResult check_places(const SelftestSubject& subject, Precision precision);
SelftestResult check_lanes(const SelftestSubject& subject, Precision precision);

/// Compares the losses of every epoch of about 200 steps, trained with dropout, with those of the CPU lane in
/// fp32. Each must be within 1e-3 in fp32, 2e-2 in tf32 and 3e-2 in bf16, relative to the CPU's.
SelftestResult check_training(const SelftestSubject& subject, Precision precision);

/// Checks the nodes of a step's graph for L = 1 to 5 hidden layers. Each of the at most 5 L + 6 operations is
/// one node, but a product that the library splits may have up to two more.
SelftestResult check_nodes(const SelftestSubject& subject);

/// Measures the time of a step of a model with one hidden layer, and reports the bytes and FLOPs that its
/// plan counts. Always passes.
SelftestResult measure_speed(const SelftestSubject& subject, Precision precision);

}  // namespace gpu_sweep
