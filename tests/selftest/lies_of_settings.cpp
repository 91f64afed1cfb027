#include <functional>
#include <vector>

#include "tests/selftest/lie_parts.h"
#include "tests/selftest/lies.h"

namespace gpu_sweep::test {
namespace {

/// Performs operations of type Record with the scalars that `change` makes of the given ones.
template <class Record>
Perform with_scalars(const std::function<void(ReplicaState&)>& change) {
  return on<Record>([change](const Record& op, const Memory& memory, const Honestly& honestly) {
    with_other_scalars(memory, op.replica_state, op.replicas, honestly, change);
  });
}

Perform constant_rate() {
  return on<Advance>([](const Advance& op, const Memory& memory, const Honestly& honestly) {
    std::vector<double> kept;
    for (int r = 0; r < op.replicas; ++r) {
      kept.push_back(write<ReplicaState>(memory, op.replica_state, r)->learning_rate);
    }
    honestly();
    for (int r = 0; r < op.replicas; ++r) {
      write<ReplicaState>(memory, op.replica_state, r)->learning_rate = kept[static_cast<std::size_t>(r)];
    }
  });
}

Perform plain_objective() {
  return on<SoftmaxCrossEntropy>(
      [](const SoftmaxCrossEntropy& op, const Memory& memory, const Honestly& honestly) {
        honestly();
        for (int r = 0; r < op.replicas; ++r) {
          auto* metrics = write<Metrics>(memory, op.metrics, r);
          metrics->weighted_loss_sum = metrics->loss_sum;
        }
      });
}

Perform stale_scale() {
  return on<GradientNorm>([](const GradientNorm& op, const Memory& memory, const Honestly& honestly) {
    honestly();
    write<ReplicaState>(memory, op.replica_state, op.replicas - 1)->gradient_scale = 1;
  });
}

}  // namespace

std::vector<NamedLie> lies_of_settings() {
  using enum Activation;
  using enum OptimizerKind;
  const auto lie = [](const char* name, OptimizerKind optimizer, Perform perform) {
    return NamedLie{name, kTanh, optimizer, kEveryPrecision, std::move(perform), {}, true};
  };
  return {
      lie("L2 penalty missing", kSgd, with_scalars<Update>([](ReplicaState& state) { state.l2 = 0; })),
      lie("decay missing", kAdam, with_scalars<Update>([](ReplicaState& state) { state.weight_decay = 0; })),
      lie("gradients not scaled", kSgd, with_scalars<Update>([](ReplicaState& s) { s.gradient_scale = 1; })),
      lie("labels not smoothed", kRmsProp,
          with_scalars<SoftmaxCrossEntropy>([](ReplicaState& state) { state.label_smoothing = 0; })),
      lie("objective is the loss", kAdam, plain_objective()),
      lie("penalty of the objective missing", kSgd,
          with_scalars<WeightPenalty>([](ReplicaState& state) { state.l2 = 0; })),
      lie("norm of last replica not limited", kAdam, stale_scale()),
      lie("learning rate without schedule", kNesterov, constant_rate()),
  };
}

}  // namespace gpu_sweep::test
