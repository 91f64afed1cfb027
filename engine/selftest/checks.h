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

/// Pairs of an activation and an optimizer in which every activation and every optimizer occurs at least
/// once. If the optimizer of a pair has occurred in an earlier pair, the pair also uses the settings of
/// add_settings (subject.h).
inline constexpr auto kVariants = [] {
  constexpr std::size_t kCount = std::max(std::size(kActivations), std::size(kOptimizers));
  std::array<Variant, kCount> variants{};
  for (std::size_t i = 0; i < kCount; ++i) {
    variants[i] = {kActivations[i % std::size(kActivations)], kOptimizers[i % std::size(kOptimizers)],
                   i >= std::size(kOptimizers)};
  }
  return variants;
}();

/// Checks the three products of a dense layer on integers for which every sum is exact, with 2, 3 and
/// SelftestScale::speed_replicas replicas. The forward product is also checked with an input that all
/// replicas share.
SelftestResult check_products(const SelftestSubject& subject, Precision precision);

/// Checks operations one by one against double precision, with each activation and each optimizer. Covers all
/// operations of the start of an epoch, of two training steps (the second with a short batch) and of an
/// evaluation.
SelftestResult check_operations(const SelftestSubject& subject, Precision precision);

/// Runs the check that every sweep starts with (device_check.h), with each activation and each optimizer.
SelftestResult check_before_training(const SelftestSubject& subject, Precision precision);

/// Check that the sample order of every replica, and the dropout masks of a step, equal the CPU's bit for
/// bit.
SelftestResult check_order(const SelftestSubject& subject);
SelftestResult check_masks(const SelftestSubject& subject);

/// Check that a run's results are equal bit for bit under different circumstances: op by op and in replayed
/// graphs (check_replay), in the first and in the last replica of a group (check_places; here a library may
/// sum in a different order), and on one lane and on two lanes at the same time (check_lanes).
SelftestResult check_replay(const SelftestSubject& subject, Precision precision);
SelftestResult check_places(const SelftestSubject& subject, Precision precision);
SelftestResult check_lanes(const SelftestSubject& subject, Precision precision);

/// Trains for about 200 steps with dropout, and compares the loss of every epoch with that of the CPU lane in
/// fp32. The largest relative difference allowed is 1e-3 in fp32, 2e-2 in tf32 and 3e-2 in bf16.
SelftestResult check_training(const SelftestSubject& subject, Precision precision);

/// Checks the number of nodes in the graph of a training step, for L = 1 to 5 hidden layers. The step may
/// have at most 5 L + 6 operations. There must be at least as many nodes as operations, and at most three for
/// each product (a library may split it) and one for each other operation. A lane may also have no graphs.
SelftestResult check_nodes(const SelftestSubject& subject);

/// Measures the time of a training step of a model with one hidden layer, and reports the bytes and FLOPs
/// that are counted for the step's program. Always passes.
SelftestResult measure_speed(const SelftestSubject& subject, Precision precision);

}  // namespace gpu_sweep
