// The checks of a self-test, in the order in which they run. Each returns a result or throws. Private to the
// self-test (selftest.h).
#pragma once

#include "engine/selftest/selftest.h"

namespace gpu_sweep {

/// Activations and optimisers, each of them once.
struct Variant {
  Activation activation;
  OptimiserKind optimiser;
};
inline constexpr Variant kVariants[] = {{Activation::kRelu, OptimiserKind::kAdam},
                                        {Activation::kSigmoid, OptimiserKind::kSgd},
                                        {Activation::kTanh, OptimiserKind::kRmsProp}};

/// The three products of a dense layer on integers for which every sum is exact, with an input of each
/// replica's own and with one that all replicas share, with few replicas and with many.
SelftestResult check_products(const SelftestSubject& subject, Precision precision);

/// Every operation of an epoch's begin, of two training steps (the second with a short batch) and of an
/// evaluation, one by one against double precision; with each activation and each optimiser.
SelftestResult check_operations(const SelftestSubject& subject, Precision precision);

/// The check before each run (device_check.h), with each activation and each optimiser.
SelftestResult check_before_training(const SelftestSubject& subject, Precision precision);

/// The epoch's order of every replica and the dropout masks of a step, bit for bit those of the CPU.
SelftestResult check_order(const SelftestSubject& subject);
SelftestResult check_masks(const SelftestSubject& subject);

/// The same bits from op by op execution as from replayed graphs; from a replica in the first place of a
/// group as in the last; from two lanes at work together as from one alone.
SelftestResult check_replay(const SelftestSubject& subject, Precision precision);
SelftestResult check_places(const SelftestSubject& subject, Precision precision);
SelftestResult check_lanes(const SelftestSubject& subject, Precision precision);

/// Losses of some 200 steps with dropout against the CPU lane in fp32, each within 1e-3 in fp32, 2e-2 in
/// tf32, 3e-2 in bf16 of the CPU's.
SelftestResult check_training(const SelftestSubject& subject, Precision precision);

/// Nodes of a step's graph for L = 1 to 5 hidden layers: one for each of at most 5 L + 6 operations, and for
/// a product that the library splits up to two more.
SelftestResult check_nodes(const SelftestSubject& subject);

/// Time of a step of the study's first model beside the bytes and FLOPs that its plan counts. Passes always.
SelftestResult measure_speed(const SelftestSubject& subject, Precision precision);

}  // namespace gpu_sweep
